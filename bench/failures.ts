/** `node bench/failures.ts`: what a tick of the planner costs with a ledger full of failures, beside one without, on real servers. */
import { parseArgs } from 'node:util';
import { print, tell } from '../src/cli/terminal.ts';
import { configSchema } from '../src/config/schema.ts';
import { environment } from '../src/config/environment.ts';
import { startServers } from '../src/dev/embedded/index.ts';
import { windowDocument } from '../src/adapters/elasticsearch/ledger/documents.ts';
import { LEDGER, streamName } from '../src/adapters/elasticsearch/names.ts';
import { setup } from '../src/adapters/elasticsearch/setup.ts';
import { createLog } from '../src/observe/log.ts';
import { openRuntime, type Runtime } from '../src/app/runtime.ts';

const { values: options } = parseArgs({ options: { failures: { type: 'string', default: '20000' } } });
const FAILURES = Number(options.failures);
const MINUTE = 60_000;
const TICKS = 21;
const BATCH = 2_000;

async function open(servers: { elasticsearchUrl: string; redisUrl: string }, namespace: string): Promise<Runtime> {
  const feishu = {
    baseUrl: 'http://127.0.0.1:1',
    appId: 'cli_bench',
    appSecret: 'bench',
    openapi_audit: { settle: [], since: '30d' },
  };
  const config = configSchema.parse({
    namespace,
    elasticsearch: { url: servers.elasticsearchUrl },
    redis: { url: servers.redisUrl },
    tenants: [{ id: 'acme', feishu }],
  });
  const runtime = await openRuntime(config, createLog({ level: 'silent', secrets: [], pretty: false }));
  const { elasticsearch: client, definitions } = runtime;
  await setup({ client, definitions, namespace, retention: config.retention, dryRun: false });
  return runtime;
}

/** Each minute of the last two weeks and before, as if every window had failed by itself. */
async function fail({ elasticsearch, config }: Runtime, count: number): Promise<void> {
  const last = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE;
  const index = streamName(LEDGER, config.namespace);
  for (let first = 0; first < count; first += BATCH) {
    const entries = Array.from({ length: Math.min(BATCH, count - first) }, (_, at) => {
      const to = last - Math.floor((first + at) / 2) * MINUTE;
      const entry = {
        stream: { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' },
        span: { from: to - MINUTE, to },
        run: `run-${first + at}`,
        attempts: 1,
        startedAt: to,
        endedAt: Date.now() - 5 * MINUTE,
        status: 'failed',
        error: { type: 'PermanentError', message: 'the vendor refuses a parameter', retryable: false },
      } as const;
      return windowDocument(entry, config.namespace);
    });
    const operations = entries.flatMap((entry) => [{ create: {} }, entry]);
    await elasticsearch.bulk({ index, operations, refresh: 'wait_for' });
  }
}

/** The middle of so many ticks, in milliseconds. */
async function tickMs({ planner, sources }: Runtime): Promise<number> {
  const [source] = sources;
  if (source === undefined) throw new Error('a source is configured');
  const times: number[] = [];
  for (let tick = 0; tick < TICKS; tick += 1) {
    const before = performance.now();
    await planner.tick(source.planned);
    times.push(performance.now() - before);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(TICKS / 2)] ?? NaN;
}

const servers = await startServers(environment, tell);
const results: Record<string, number> = {};
for (const failures of [0, FAILURES]) {
  const runtime = await open(servers, `bench_failures_${failures}`);
  await fail(runtime, failures);
  results[failures] = await tickMs(runtime);
  await runtime.close();
}
await servers.stop();
const [empty = NaN, full = NaN] = Object.values(results);
print(
  `a tick with ${FAILURES} failed entries: ${full.toFixed(0)} ms, without any: ${empty.toFixed(0)} ms, ratio ${(full / empty).toFixed(1)}`,
);
