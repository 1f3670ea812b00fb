/** How fast documents go through, and what limits it; as ratios within one run (docs/performance.md). */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { tell } from '../src/cli/terminal.ts';
import type { Servers } from '../src/dev/embedded/index.ts';
import { imageEnvironment, peakMemoryMb } from './memory.ts';
import { PAGE } from './records.ts';
import { row, type Row } from './report.ts';
import type { ServerOrder } from './servers.ts';
import { queueWindows, type Measured, type WorkOrder } from './work.ts';

export type Volume = { readonly windows: number; readonly pages: number };

export type Speed = {
  readonly rows: readonly Row[];
  /** In absolute terms: these mean something on this machine alone. */
  readonly seen: Readonly<Record<string, number>>;
};

const CONCURRENCY = 4;
/** More bulks at once make one small node slower, not faster: both sides get what it takes best. */
const BESIDE_ELASTICSEARCH = 2;
/** A vendor that takes its time, asked by one window of each worker: what grows with workers must not be a core's speed. */
const SLOW = { windows: 64, pages: 10, delayMs: 50 };

const children = new Set<ChildProcess>();

function start(file: string, order: ServerOrder | WorkOrder): ChildProcess {
  const child = fork(path.join(import.meta.dirname, file));
  children.add(child);
  child.send(order);
  return child;
}

async function serve(order: ServerOrder): Promise<string> {
  const [url] = (await once(start('servers.ts', order), 'message')) as [string];
  return url;
}

/** The same work in so many processes, which begin together. */
async function workTogether(order: WorkOrder, processes: number): Promise<Measured[]> {
  const workers = Array.from({ length: processes }, () => start('work.ts', order));
  const said = async (child: ChildProcess): Promise<unknown> => {
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${order.work} ended without a result`)));
    const [message] = (await Promise.race([once(child, 'message'), ended])) as unknown[];
    return message;
  };
  await Promise.all(workers.map(said));
  const results = Promise.all(workers.map(said));
  for (const child of workers) child.send('go');
  return (await results) as Measured[];
}

async function work(order: WorkOrder): Promise<Measured> {
  const [measured] = await workTogether(order, 1);
  return measured as Measured;
}

const perSecond = ({ documents, seconds }: Measured): number => documents / seconds;
const perCpuSecond = ({ documents, cpuSeconds }: Measured): number => documents / cpuSeconds;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

// oxlint-disable-next-line max-lines-per-function -- steps of one measurement
async function measure(servers: Servers, volume: Volume): Promise<Speed> {
  const [fast, slow, stubUrl] = [
    await serve({ kind: 'vendor', ...volume, delayMs: 0 }),
    await serve({ kind: 'vendor', ...SLOW }),
    await serve({ kind: 'stub' }),
  ];
  const { redisUrl } = servers;
  const order = (more: Partial<WorkOrder> & Pick<WorkOrder, 'work'>): WorkOrder => ({
    ...volume,
    concurrency: CONCURRENCY,
    vendorUrl: fast,
    elasticsearchUrl: stubUrl,
    redisUrl,
    namespace: `bench_${randomBytes(4).toString('hex')}`,
    ...more,
  });

  async function collect(more: Partial<WorkOrder> = {}, workers = 1): Promise<Measured> {
    const wanted = order({ work: 'collect', ...more });
    await queueWindows(wanted, wanted.windows, wanted.elasticsearchUrl !== stubUrl);
    const all = await workTogether(wanted, workers);
    return {
      documents: wanted.windows * wanted.pages * PAGE,
      seconds: Math.max(...all.map(({ seconds }) => seconds)),
      cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    };
  }

  const mapped: { engine: Measured; mapping: Measured }[] = [];
  for (let round = 1; round <= 3; round += 1) {
    tell(`mapping alone, beside the engine's own part of it, round ${round} of 3 …`);
    const records = { windows: 5 };
    mapped.push({
      engine: await work(order({ work: 'engine', ...records })),
      mapping: await work(order({ work: 'prepare', ...records })),
    });
  }
  // Alternating, so that a machine that grows slower grows slower for both.
  const pairs: { limit: Measured; shenji: Measured }[] = [];
  for (let round = 1; round <= 3; round += 1) {
    tell(`(a) the limit beside shenji, round ${round} of 3 …`);
    pairs.push({ limit: await work(order({ work: 'limit' })), shenji: await collect() });
  }
  const beside: { post: Measured; shenji: Measured }[] = [];
  for (let round = 1; round <= 3; round += 1) {
    tell(`(b) posting mapped documents beside shenji, real Elasticsearch, round ${round} of 3 …`);
    const real = { elasticsearchUrl: servers.elasticsearchUrl, concurrency: BESIDE_ELASTICSEARCH };
    const target = order({ work: 'post', ...real });
    await queueWindows(target, 0, true);
    beside.push({ post: await work(target), shenji: await collect(real) });
  }
  tell('memory of the built program …');
  const memory = async (settings: Readonly<Record<string, string>>): Promise<number> => {
    const wanted = order({ work: 'collect' });
    await queueWindows(wanted, wanted.windows, false);
    return peakMemoryMb(wanted, settings);
  };
  const [rss, unlimited] = [await memory(imageEnvironment()), await memory({})];
  const scaled: number[] = [];
  for (const workers of [1, 2, 4]) {
    tell(`${workers} worker${workers === 1 ? '' : 's'} with a vendor that takes 50 ms …`);
    scaled.push(perSecond(await collect({ ...SLOW, vendorUrl: slow, concurrency: 1 }, workers)));
  }

  const ratioMapping = median(mapped.map(({ engine, mapping }) => perCpuSecond(engine) / perCpuSecond(mapping)));
  const ratioA = median(pairs.map(({ limit, shenji }) => perCpuSecond(shenji) / perCpuSecond(limit)));
  const ratioB = median(beside.map(({ post, shenji }) => perSecond(shenji) / perSecond(post)));
  const [one = NaN, two = NaN, four = NaN] = scaled;
  const rows = [
    row('documents per CPU second, of (a) fetch and post unmapped', ratioA, '≥ 0.5', ratioA >= 0.5),
    row('documents per second, of (b) post mapped to a real Elasticsearch', ratioB, '≥ 0.9', ratioB >= 0.9),
    row("CPU of mapping, of the engine's own part of it", ratioMapping, '≤ 2.5', ratioMapping <= 2.5),
    row('peak RSS of the built worker in MB, set up as in the image', rss, '< 200', rss < 200),
    row('2 workers, of 1, with a vendor that takes 50 ms', two / one, '', true),
    row('4 workers, of 1, with a vendor that takes 50 ms', four / one, '≥ 3.6', four / one >= 3.6),
  ];
  const seen = {
    'mapping: documents per CPU second': median(mapped.map(({ mapping }) => perCpuSecond(mapping))),
    'shenji, stub: documents per second': median(pairs.map(({ shenji }) => perSecond(shenji))),
    'shenji, stub: documents per CPU second': median(pairs.map(({ shenji }) => perCpuSecond(shenji))),
    '(a): documents per CPU second': median(pairs.map(({ limit }) => perCpuSecond(limit))),
    'shenji, real Elasticsearch: documents per second': median(beside.map(({ shenji }) => perSecond(shenji))),
    '(b): documents per second': median(beside.map(({ post }) => perSecond(post))),
    'peak RSS without these settings, in MB': unlimited,
    '1 worker, slow vendor: documents per second': one,
  };
  return { rows, seen };
}

export async function measureSpeed(servers: Servers, volume: Volume): Promise<Speed> {
  try {
    return await measure(servers, volume);
  } finally {
    for (const child of children) child.kill();
  }
}
