/** SIGTERM and SIGINT, from the first moment on: what runs on ends with 0, what is cut off with the signal's code. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { prepareArtifacts } from '../../src/dev/embedded/artifacts.ts';
import { startRedis } from '../../src/dev/embedded/redis.ts';
import { startCollector } from '../../src/app/collector.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji, type Program } from '../support/world.ts';

const ANNOUNCE = {
  NODE_OPTIONS: `--import ${path.join(import.meta.dirname, '..', 'support', 'announce-handlers.ts')}`,
};
const STRETCH = ['feishu.openapi_audit', '--from', '2026-01-01', '--to', '2026-01-02'];
const AWAY = { elasticsearch: { url: 'http://127.0.0.1:1' }, redis: { url: 'redis://127.0.0.1:1' } };

/** An Elasticsearch that takes connections and says nothing: what asks it is not done before the signal comes. */
async function silent(): Promise<object> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { ...AWAY, elasticsearch: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } };
}

const handled = (program: Program): Promise<boolean> =>
  until('a handler', () => program.output().stderr.includes('SIGTERM is handled'));

/** For whoever waits for the end: how it ended, and after how many milliseconds. */
async function timed(program: Program): Promise<{ code: number | string; ms: number }> {
  const startedAt = performance.now();
  return { code: await program.ended, ms: performance.now() - startedAt };
}

async function config(top: object = {}): Promise<Record<string, unknown>> {
  return rawConfig(await simulator({ events: 0 }), { top: { ...top } });
}

describe('a process that is stopped before it has loaded its program', { timeout: 120_000 }, () => {
  it.each<[string, readonly string[], number]>([
    ['worker', [], 0],
    ['scheduler', [], 0],
    ['run', [], 0],
    ['status', [], 143],
    ['check', [], 143],
    ['setup', [], 143],
    ['prove', STRETCH, 143],
    ['backfill', [...STRETCH, '--wait'], 143],
  ])('%s %j ends with %i', async (command, args, code) => {
    // By itself: on a quick machine some are done before anybody else's signal arrives.
    const program = shenji([command, ...args], await config(), { ...ANNOUNCE, STOPPED_AT_ONCE: '1' });
    expect(await program.ended, program.output().stderr).toBe(code);
    expect(program.output().stderr).toContain('SIGTERM is handled');
  });

  // The kernel drops a signal to PID 1 that nobody handles: in a container the grace would run out.
  const namespaces = [
    '--pid',
    '--fork',
    '--kill-child',
    ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ];
  const possible = spawnSync('unshare', [...namespaces, 'true']).status === 0;
  if (!possible) process.stderr.write('NOT TESTED: signals to PID 1; "unshare --pid" does not work on this machine\n');

  it.skipIf(!possible).each<[string, readonly string[], number, () => Promise<object>]>([
    ['worker', [], 0, async () => AWAY],
    ['prove', STRETCH, 143, silent],
  ])('%s %j ends with %i as PID 1 too', async (command, args, code, servers) => {
    const program = shenji([command, ...args], await config(await servers()), ANNOUNCE, ['unshare', ...namespaces]);
    await handled(program);
    const { pid } = program.child;
    const first = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
    expect(readFileSync(`/proc/${first}/status`, 'utf8')).toMatch(/^NSpid:.*\t1$/m);
    process.kill(first, 'SIGTERM');
    expect(await program.ended, program.output().stderr).toBe(code);
  }); // prettier-ignore
});

describe('a command under way', { timeout: 120_000 }, () => {
  it('is cut off by Ctrl-C, also while the vendor does not answer', async () => {
    const vendor = await simulator({ events: 100, faults: { hang: 1 } });
    const raw = rawConfig(vendor, { feishu: { timeout: '60s' } });
    await openWorld(raw);
    const to = new Date().toISOString();
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const program = shenji(['prove', 'feishu.openapi_audit', '--from', from, '--to', to, '--recount'], raw);
    await until('its question', () => vendor.answers()['list'] !== undefined);
    program.child.kill('SIGINT');
    const { code, ms } = await timed(program);
    expect([code, program.output().stderr.split('\n').slice(1)]).toEqual([
      130,
      ['SIGINT: ended before the work was done', ''],
    ]);
    expect(program.output().stderr).toMatch(/^asks feishu again for all of it, after collection in the request budget/);
    expect(ms).toBeLessThan(10_000);
  });

  it('is cut off also while Redis and Elasticsearch are away', async () => {
    const program = shenji(['setup'], await config(AWAY));
    await until('it waits', () => program.output().stderr.includes('waiting for Elasticsearch'));
    program.child.kill('SIGTERM');
    expect(await timed(program)).toMatchObject({ code: 143 });
  });

  it('backfill --wait gives its windows back first', async () => {
    const vendor = await simulator({ events: 100, faults: { hang: 1 } });
    const raw = rawConfig(vendor, { feishu: { timeout: '60s' } });
    const world = await openWorld(raw);
    const [from, to] = [30, 10].map((minutes) => new Date(Date.now() - minutes * 60_000).toISOString());
    const args = ['backfill', 'feishu.openapi_audit', '--from', from ?? '', '--to', to ?? '', '--wait'];
    const program = shenji(args, raw);
    const active = async (): Promise<number> => (await world.sources[0]?.queue.counts())?.active ?? 0;
    await until('windows under way', active);
    program.child.kill('SIGTERM');
    const { code, ms } = await timed(program);
    expect(code, program.output().stderr).toBe(143);
    expect(ms).toBeLessThan(10_000);
    expect(await active()).toBe(0);
    expect(program.output().stdout).toContain('not complete; a running scheduler goes on with it');
  });
});

describe('what runs on', { timeout: 120_000 }, () => {
  it.each(['worker', 'scheduler', 'run'])('%s ends with 0 also where all servers are away', async (command) => {
    const program = shenji([command], await config({ ...AWAY, http: { port: 0 } }));
    await until('it is up', () => /listen at/.test(program.output().stderr));
    program.child.kill('SIGTERM');
    const { code, ms } = await timed(program);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
  });

  it('does not wait for a Redis that has gone: what it holds comes free by itself', async () => {
    const artifacts = await prepareArtifacts(process.env, (line) => process.stderr.write(`${line}\n`));
    const redis = await startRedis(artifacts);
    const vendor = await simulator({ events: 0 });
    const world = await openWorld(rawConfig(vendor, { top: { redis: { url: redis.url } } }));
    const workers = await startCollector(world, { concurrency: 2 });
    const gone = new Promise((resolve) => void world.redis.once('close', resolve));
    await redis.stop();
    await gone;
    const startedAt = performance.now();
    await workers.stop(500);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });

  it.each(['worker', 'run'])('%s ends also where Redis is silent since', async (command) => {
    const artifacts = await prepareArtifacts(process.env, (line) => process.stderr.write(`${line}\n`));
    const redis = await startRedis(artifacts);
    const raw = await config({ redis: { url: redis.url } });
    await openWorld(raw);
    const program = shenji([command], raw);
    await until('it runs', () => program.output().stderr.includes('running: '));
    await redis.stop();
    program.child.kill('SIGTERM');
    const { code, ms } = await timed(program);
    expect(code, program.output().stderr).toBe(0);
    expect(ms).toBeLessThan(20_000);
  });

  it('ends at once when it is told twice', async () => {
    const vendor = await simulator({ events: 100, faults: { hang: 1 } });
    const raw = rawConfig(vendor, { feishu: { timeout: '60s' } });
    const world = await openWorld(raw);
    const program = shenji(['run'], raw);
    await until('windows under way', async () => (await world.sources[0]?.queue.counts())?.active ?? 0);
    program.child.kill('SIGTERM');
    await until('the first is heard', () => program.output().stderr.includes('SIGTERM: no new windows'));
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(143);
  });
});

describe('a command for people', { timeout: 60_000 }, () => {
  const hour = ['feishu.openapi_audit', '--from', '2026-01-01', '--to', '2026-01-02'];
  it.each<[string, readonly string[], RegExp]>([
    ['status', [], /^Redis at 127.0.0.1:\d+ does not answer: .*; check redis.url and that it runs$/m],
    ['gaps', ['list'], /^Redis at 127.0.0.1:\d+ does not answer/m],
    ['backfill', [...hour, '--wait'], /^Redis at 127.0.0.1:\d+ does not answer/m],
  ])('%s %j says within seconds that Redis is silent', async (command, args, says) => {
    const port = new URL(((await silent()) as typeof AWAY).elasticsearch.url).port;
    const raw = await config({ redis: { url: `redis://127.0.0.1:${port}` } });
    const program = shenji([command, ...args], raw);
    expect(await program.ended).toBe(1);
    expect(program.output().stderr).toMatch(says);
  });

  it.each<[string, readonly string[]]>([
    ['status', []],
    ['gaps', ['list']],
    ['prove', hour],
    ['replay', []],
    ['backfill', hour],
  ])('%s %j says within seconds that Elasticsearch is silent', async (command, args) => {
    const { elasticsearch } = (await silent()) as typeof AWAY;
    const program = shenji([command, ...args], await config({ elasticsearch }));
    expect(await program.ended).toBe(1);
    expect(program.output().stderr).toMatch(
      /Elasticsearch(, asking for its health: | at 127.0.0.1:\d+ does not answer)/,
    );
  });
});
