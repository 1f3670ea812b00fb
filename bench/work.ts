/** One thing to measure, in a process of its own, so that its CPU time and memory are its own. */
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import pino from 'pino';
import { configSchema } from '../src/config/schema.ts';
import { setup } from '../src/adapters/elasticsearch/setup.ts';
import { preparer } from '../src/core/documents/prepare.ts';
import type { Stream } from '../src/core/stream.ts';
import { startCollector } from '../src/app/collector.ts';
import { preparationOf } from '../src/app/preparation.ts';
import { openRuntime, type Runtime } from '../src/app/runtime.ts';
import { PAGE, renderPage, windowSpan } from './records.ts';

type Servers = {
  readonly vendorUrl: string;
  readonly elasticsearchUrl: string;
  readonly redisUrl: string;
  readonly namespace: string;
};
type Volume = { readonly windows: number; readonly pages: number };

export type WorkOrder = Volume &
  Servers & { readonly work: 'prepare' | 'engine' | 'limit' | 'post' | 'collect'; readonly concurrency: number };

/** `documents` were dealt with in `seconds` of wall time and `cpuSeconds` of this process. */
export type Measured = {
  readonly documents: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
};

const BATCH = 500;
const STREAM: Stream = { tenant: 'bench', source: 'feishu.openapi_audit', pass: 'backfill-bench' };

/** As a configuration file would say it. */
export function benchConfig({ vendorUrl, elasticsearchUrl, redisUrl, namespace }: Servers): object {
  const limits = { requestsPerMinute: 100_000, appNames: false };
  const feishu = { baseUrl: vendorUrl, appId: 'cli_bench', appSecret: 'bench-secret', ...limits };
  return {
    namespace,
    elasticsearch: { url: elasticsearchUrl },
    redis: { url: redisUrl },
    tenants: [{ id: 'bench', feishu }],
  };
}

export const openBench = (servers: Servers): Promise<Runtime> =>
  openRuntime(configSchema.parse(benchConfig(servers)), pino({ level: 'silent' }));

async function measure(work: () => Promise<number>): Promise<Measured> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const documents = await work();
  const { user, system } = process.cpuUsage(before);
  return {
    documents,
    seconds: (performance.now() - startedAt) / 1_000,
    cpuSeconds: (user + system) / 1e6,
  };
}

/** Several at once, as a worker has several windows; resolves with the sum. */
async function inParallel(
  { windows, concurrency }: WorkOrder,
  one: (window: number) => Promise<number>,
): Promise<number> {
  let next = 0;
  let sum = 0;
  const lane = async (): Promise<void> => {
    while (next < windows) {
      const window = next;
      next += 1;
      // Not `sum += await`, which adds to what the sum was before the others had theirs.
      const documents = await one(window);
      sum += documents;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return sum;
}

async function post(url: string, body: string, dispatcher: Agent): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const reply = await request(url, { method: 'POST', headers, body, dispatcher });
  const text = await reply.body.text();
  if (reply.statusCode !== 200 || !text.includes('"errors":false')) throw new Error(text.slice(0, 500));
}

/** (a): the same pages, fetched and posted as they are. */
async function limit(order: WorkOrder): Promise<number> {
  const { vendorUrl, elasticsearchUrl } = order;
  const dispatcher = new Agent({ connections: 64 });
  return inParallel(order, async (window) => {
    let token: string | undefined;
    let lines: string[] = [];
    let documents = 0;
    do {
      const body = JSON.stringify({ start_time: windowSpan(window).from / 1_000, page_token: token });
      const reply = await request(`${vendorUrl}/list_data`, { method: 'POST', body, dispatcher });
      const { data } = JSON.parse(await reply.body.text()) as {
        data: { items: object[]; has_more: boolean; page_token: string };
      };
      for (const item of data.items) lines.push(`{"create":{}}\n${JSON.stringify(item)}\n`);
      token = data.has_more ? data.page_token : undefined;
      if (lines.length < BATCH && token !== undefined) continue;
      documents += lines.length;
      await post(`${elasticsearchUrl}/bench/_bulk`, lines.join(''), dispatcher);
      lines = [];
    } while (token !== undefined);
    return documents;
  });
}

function* recordsOf(window: number, pages: number): Generator {
  for (let page = 0; page < pages; page += 1)
    yield* (JSON.parse(renderPage(window, page, pages)) as { data: { items: unknown[] } }).data.items;
}

/** What is done to each record of so many windows; the engine optimises what has run a while, as a worker has. */
async function each<R>(records: readonly R[], one: (record: R) => void): Promise<Measured> {
  const once = (): Promise<number> => {
    for (const record of records) one(record);
    return Promise.resolve(records.length);
  };
  await once();
  return measure(once);
}

const recordsIn = ({ windows, pages }: Volume): unknown[] =>
  Array.from({ length: windows }, (_, window) => [...recordsOf(window, pages)]).flat();

function preparerOf(runtime: Runtime) {
  const [source] = runtime.sources;
  if (source === undefined) throw new Error('no source');
  const prepare = preparer(preparationOf(runtime, source, STREAM));
  return (raw: unknown) => {
    const prepared = prepare(raw);
    if (prepared.kind !== 'document') throw new Error('a record is unmappable');
    return prepared;
  };
}

const prepared = (runtime: Runtime, volume: Volume): Promise<Measured> => each(recordsIn(volume), preparerOf(runtime));

type Detail = Readonly<Record<'query_param' | 'payload' | 'response', string>>;

/** The least that any mapping of these records into these documents asks of the engine: its texts read, record and document written, an id. */
function engineAlone(runtime: Runtime, volume: Volume): Promise<Measured> {
  const prepare = preparerOf(runtime);
  const pairs = recordsIn(volume).map((raw) => ({ raw, document: JSON.parse(prepare(raw).line) as object }));
  return each(pairs, ({ raw, document }) => {
    const { id, log_detail } = raw as { id: string; log_detail: Detail };
    for (const text of [log_detail.query_param, log_detail.payload, log_detail.response]) JSON.parse(text);
    const written = JSON.stringify(raw).length + JSON.stringify(document).length;
    if (written === 0 || hash('sha256', id, 'base64url') === '') throw new Error('nothing was written');
  });
}

/** (b): the same documents, mapped beforehand, posted with the batches of a worker. */
async function posted(runtime: Runtime, order: WorkOrder): Promise<Measured> {
  const prepare = preparerOf(runtime);
  const bodies = Array.from({ length: order.windows }, (_, window) => {
    const lines = [...recordsOf(window, order.pages)].map((raw) => {
      const document = prepare(raw);
      return `{"create":{"_id":"${document.id}"}}\n${document.line}\n`;
    });
    return Array.from({ length: Math.ceil(lines.length / BATCH) }, (_batch, at) => {
      const batch = lines.slice(at * BATCH, (at + 1) * BATCH);
      return { documents: batch.length, body: batch.join('') };
    });
  });
  const dispatcher = new Agent({ connections: 64 });
  const url = `${order.elasticsearchUrl}/logs-feishu.openapi_audit-${order.namespace}/_bulk?filter_path=errors,items.*.status,items.*.error`;
  return measure(() =>
    inParallel(order, async (window) => {
      let documents = 0;
      for (const batch of bodies[window] ?? []) {
        await post(url, batch.body, dispatcher);
        documents += batch.documents;
      }
      return documents;
    }),
  );
}

async function collected(runtime: Runtime, { windows, pages, concurrency }: WorkOrder): Promise<Measured> {
  const [source] = runtime.sources;
  return measure(async () => {
    // One slot more: it is kept for live windows, of which there are none here.
    const workers = await startCollector(runtime, { concurrency: concurrency + 1, lanes: ['background'] });
    while ((await source?.queue.unfinished())?.length !== 0) await pause(50);
    await workers.stop(10_000);
    return windows * pages * PAGE;
  });
}

async function run(order: WorkOrder): Promise<Measured> {
  const runtime = await openBench(order);
  try {
    // All of a measurement's workers begin together.
    const go = once(process, 'message');
    process.send?.('ready');
    await go;
    if (order.work === 'prepare') return await prepared(runtime, order);
    if (order.work === 'engine') return await engineAlone(runtime, order);
    if (order.work === 'limit') return await measure(() => limit(order));
    if (order.work === 'post') return await posted(runtime, order);
    return await collected(runtime, order);
  } finally {
    await runtime.close();
  }
}

/** Queues the windows of a measurement, and installs the templates where Elasticsearch is a real one. */
export async function queueWindows(servers: Servers, windows: number, isReal: boolean): Promise<void> {
  const runtime = await openBench(servers);
  const { elasticsearch: client, definitions, config, sources } = runtime;
  const { namespace, retention } = config;
  if (isReal) await setup({ client, definitions, namespace, retention, dryRun: false });
  await sources[0]?.queue.add(
    STREAM,
    Array.from({ length: windows }, (_, window) => windowSpan(window)),
  );
  await runtime.close();
}

if (process.send !== undefined)
  process.once('message', (order: WorkOrder) => {
    run(order).then(
      (measured) => process.send?.(measured, () => process.exit()),
      (error: unknown) => {
        process.stderr.write(`${(error as Error).stack}\n`);
        process.exit(1);
      },
    );
  });
