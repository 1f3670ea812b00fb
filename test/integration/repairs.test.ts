/** Who takes copies away that a rollover left, and who only says so. */
import { describe, expect, it, onTestFinished } from 'vitest';
import pino from 'pino';
import { startRepairs } from '../../src/app/repairs.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji } from '../support/world.ts';

type Raw = Record<string, unknown>;
const DOCUMENT = { '@timestamp': '2026-03-01T00:00:30Z' };

/** `repair`: the setting of that name, where it is there. */
async function configured(repair?: Raw): Promise<Raw> {
  const raw = rawConfig(await simulator({ events: 1 }), { audit: { since: '2m' } });
  return { ...raw, elasticsearch: { ...(raw['elasticsearch'] as Raw), ...(repair === undefined ? {} : { repair }) } };
}

function lines() {
  const told: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void told.push(line) });
  return { told, log };
}

const indexOf = ({ config }: Runtime): string => `logs-feishu.openapi_audit-${config.namespace}`;

const put = ({ elasticsearch }: Runtime, index: string, id: string) =>
  elasticsearch.create({ index, id, document: DOCUMENT });

/** A document in the first index and its copy in the second. */
async function twice(runtime: Runtime, id: string): Promise<void> {
  const index = indexOf(runtime);
  await put(runtime, index, id);
  await runtime.elasticsearch.indices.rollover({ alias: index });
  await put(runtime, index, id);
}

async function copies(runtime: Runtime): Promise<string[]> {
  const index = indexOf(runtime);
  await runtime.elasticsearch.indices.refresh({ index });
  const { hits } = await runtime.elasticsearch.search({ index });
  return hits.hits.map(({ _id }) => _id ?? '').toSorted();
}

const once = (runtime: Runtime, ids: readonly string[]) =>
  until('one copy of each', () => copies(runtime), (found) => found.join() === ids.join()); // prettier-ignore

function watching(runtime: Runtime, soonMs: number): void {
  const repairs = startRepairs(runtime, { watchMs: 50, soonMs });
  onTestFinished(() => repairs.stop());
}

describe('a scheduler with credentials for it', () => {
  it('takes away what is there at its start, and what a rollover leaves', async () => {
    const runtime = await openWorld(await configured({}));
    await twice(runtime, 'a');
    watching(runtime, 1_000);
    await once(runtime, ['a']);
    // Lazily: the copy is written with the rollover, so it is there before the look that comes of it.
    await runtime.elasticsearch.indices.rollover({ alias: indexOf(runtime), lazy: true });
    await put(runtime, indexOf(runtime), 'a');
    await once(runtime, ['a']);
    const text = await runtime.metrics.text();
    expect(text).toContain(`shenji_cross_index_duplicates{stream="${indexOf(runtime)}"} 0`);
    expect(text).toContain(`shenji_repaired_total{stream="${indexOf(runtime)}"} 2`);
  });

  it('looks again later, for what came of the rollover after the first look', async () => {
    const runtime = await openWorld(await configured({ again: '5s' }));
    await put(runtime, indexOf(runtime), 'a');
    let asked = 0;
    const search = async (...question: Parameters<Runtime['elasticsearch']['search']>) => {
      asked += 1;
      return runtime.elasticsearch.search(...question);
    };
    const counting = Object.create(runtime.elasticsearch, { search: { value: search } }) as Runtime['elasticsearch'];
    watching({ ...runtime, repairing: counting }, 50);
    await until('the look at its start', async () =>
      (await runtime.metrics.text()).includes('cross_index_duplicates{'),
    );
    await runtime.elasticsearch.indices.rollover({ alias: indexOf(runtime) });
    await until('the first look', () => asked > 0);
    // As a bulk that is executed late, behind the turn.
    await put(runtime, indexOf(runtime), 'a');
    await once(runtime, ['a']);
  });

  it('looks daily for what came of no rollover that was seen', async () => {
    const runtime = await openWorld(await configured({}));
    await put(runtime, indexOf(runtime), 'a');
    await runtime.elasticsearch.indices.rollover({ alias: indexOf(runtime) });
    const repairs = startRepairs(runtime, { watchMs: 50, dailyMs: 500 });
    onTestFinished(() => repairs.stop());
    await until('the look at its start', async () =>
      (await runtime.metrics.text()).includes('cross_index_duplicates{'),
    );
    await put(runtime, indexOf(runtime), 'a');
    await once(runtime, ['a']);
  });

  it('goes on when a look has failed, and says so once', async () => {
    const { told, log } = lines();
    const runtime = await openWorld(await configured({}), log);
    await twice(runtime, 'a');
    const { repairing } = runtime;
    let failures = 3;
    const search = async (...asked: Parameters<Runtime['elasticsearch']['search']>) => {
      failures -= 1;
      if (failures >= 0) throw new Error('the connection was cut');
      return repairing?.search(...asked);
    };
    const failing = Object.create(repairing ?? {}, { search: { value: search } }) as Runtime['elasticsearch'];
    watching({ ...runtime, repairing: failing }, 200);
    await once(runtime, ['a']);
    expect(told.filter((line) => line.includes('looking for copies did not succeed'))).toHaveLength(1);
  });

  it('as a process of its own, and a worker does not, although it was given them', async () => {
    const raw = await configured({});
    const runtime = await openWorld(raw);
    await twice(runtime, 'a');
    const worker = shenji(['worker'], raw);
    await until('its start', () => worker.output().stderr.includes('running: worker'));
    expect(worker.output().stderr).toContain(
      'a worker does not repair: give elasticsearch.repair to the scheduler alone',
    );
    expect(await copies(runtime)).toEqual(['a', 'a']);
    for (const command of ['scheduler', 'run']) {
      const scheduler = shenji([command], raw);
      await until('its word', () => scheduler.output().stderr.includes('1 copy that a rollover left taken away'));
      expect(await copies(runtime)).toEqual(['a']);
      scheduler.child.kill('SIGTERM');
      await scheduler.ended;
      await put(runtime, indexOf(runtime), 'a');
    }
  });

  it('backfill --wait does it at its end', async () => {
    const raw = await configured({});
    const runtime = await openWorld(raw);
    await twice(runtime, 'a');
    const hour = (at: number): string => new Date(Date.now() - at * 3_600_000).toISOString();
    const bounds = ['--from', hour(2), '--to', hour(1)];
    const { ended, output } = shenji(['backfill', 'feishu.openapi_audit', ...bounds, '--wait'], raw);
    expect(await ended, output().stderr).toBe(0);
    expect(await copies(runtime)).toEqual(['a']);
  });
});

it('a scheduler whose credentials for it fail counts them all the same, looks again, and is done when they work', async () => {
  const runtime = await openWorld(await configured({ again: '200ms' }));
  await twice(runtime, 'a');
  await runtime.elasticsearch.indices.refresh({ index: indexOf(runtime) });
  const { repairing } = runtime;
  let isRefused = true;
  const search = async (...asked: Parameters<Runtime['elasticsearch']['search']>) => {
    if (isRefused) throw new Error('401 security_exception');
    return repairing?.search(...asked);
  };
  const refusing = Object.create(repairing ?? {}, { search: { value: search } }) as Runtime['elasticsearch'];
  watching({ ...runtime, repairing: refusing }, 200);
  const gauge = (count: number): Promise<boolean> =>
    until('the gauge', async () => (await runtime.metrics.text()).includes(`shenji_cross_index_duplicates{stream="${indexOf(runtime)}"} ${count}`)); // prettier-ignore
  await gauge(1);
  isRefused = false;
  await gauge(0);
  expect(await copies(runtime)).toEqual(['a']);
});

it('a scheduler without credentials for it counts them, takes nothing away, and says what to do', async () => {
  const { told, log } = lines();
  const runtime = await openWorld(await configured(), log);
  await twice(runtime, 'a');
  // Only a repair asks for what was just written to be seen.
  await runtime.elasticsearch.indices.refresh({ index: indexOf(runtime) });
  watching(runtime, 200);
  const says = `1 document of ${indexOf(runtime)} lies in more than one index: repair pending; run \\"shenji repair\\", or give the scheduler elasticsearch.repair`;
  await until('a line', () => told.some((line) => line.includes(says)));
  expect(await runtime.metrics.text()).toContain(`shenji_cross_index_duplicates{stream="${indexOf(runtime)}"} 1`);
  expect(await copies(runtime)).toEqual(['a', 'a']);
});

it('status says what is pending, and shows the rest where it cannot be counted', async () => {
  const raw = await configured();
  const runtime = await openWorld(raw);
  const scheduler = shenji(['scheduler'], raw);
  await until('a stream', async () => (await runtime.checkpoints.list({ tenant: 'acme', source: 'feishu.openapi_audit', unfinished: true })).length > 0); // prettier-ignore
  scheduler.child.kill('SIGTERM');
  await scheduler.ended;
  const index = indexOf(runtime);
  await twice(runtime, 'a');
  await runtime.elasticsearch.indices.refresh({ index });
  const pending = shenji(['status', '--json'], raw);
  await pending.ended;
  expect(JSON.parse(pending.output().stdout)).toMatchObject([{ dataStream: index, crossIndexDuplicates: 1 }]);
  const { _index: first = '' } = (await runtime.elasticsearch.search({ index, sort: '_index' })).hits.hits[0] ?? {};
  await runtime.elasticsearch.indices.close({ index: first });
  const uncounted = shenji(['status', '--json'], raw);
  await uncounted.ended;
  const [row] = JSON.parse(uncounted.output().stdout) as object[];
  expect(row).toMatchObject({ stream: 'acme/feishu.openapi_audit/live' });
  expect(row).not.toHaveProperty('crossIndexDuplicates');
  expect(uncounted.output().stderr).toMatch(
    /documents in more than one index of \S+ could not be counted: .*index_closed_exception/,
  );
});
