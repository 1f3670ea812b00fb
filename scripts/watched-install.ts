/** A running shenji as its user runs it, with embedded servers and simulated vendors, on free ports; and what can befall it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment } from '../src/config/environment.ts';
import { prepareArtifacts } from '../src/dev/embedded/artifacts.ts';
import { startElasticsearch } from '../src/dev/embedded/elasticsearch.ts';
import { startRedis } from '../src/dev/embedded/redis.ts';
import { freePort } from '../src/dev/embedded/server-process.ts';
import { startSimulator, type FaultPlan } from '../src/dev/simulator/index.ts';
import { stopAll, tell, TryError } from './trying.ts';

const CLI = path.join(import.meta.dirname, '..', 'src', 'cli.ts');
const HOUR_MS = 3_600_000;

/** Half an hour of events that goes on, some late, some odd, and the same past after each new start. */
async function startVendor() {
  const port = await freePort();
  const to = Date.now();
  const traffic = { seed: 'watched', events: 3_000, from: to - HOUR_MS / 2, to: to + HOUR_MS, live: 60 };
  const start = (faults: FaultPlan) =>
    startSimulator({ ...traffic, port, odd: 0.02, late: 0.3, lateSeconds: 15, faults });
  let simulator = await start({});
  return {
    simulator: () => simulator,
    /** From now on these faults strike. */
    befall: async (faults: FaultPlan): Promise<void> => {
      await simulator.close();
      simulator = await start(faults);
    },
    stop: () => simulator.close(),
  };
}

type Vendor = Awaited<ReturnType<typeof startVendor>>;

/** One tenant as it should be, and one with a wrong secret; windows of seconds, so that there is something to see soon. */
function configOf({ simulator }: Vendor, servers: { elasticsearch: string; redis: string }, token: string): object {
  const { url: baseUrl, feishu } = simulator();
  const audit = { window: '5s', backlog: '60s', lag: '2s', settle: ['20s'], since: '30m', quiet: '5s' };
  const settings = { ...feishu, baseUrl, requestsPerMinute: 1_000, timeout: '2s', openapi_audit: audit };
  return {
    elasticsearch: { url: servers.elasticsearch },
    redis: { url: servers.redis },
    http: { token },
    scheduler: { tick: '1s' },
    retries: { base: '500ms', max: '2s', attempts: 10 },
    tenants: [
      { id: 'acme', feishu: settings },
      { id: 'globex', feishu: { ...settings, appId: 'cli_globex', appSecret: 'not-its-secret' } },
    ],
  };
}

/** Runs and ends processes of shenji, each with the configuration and a part of its own. */
function createProcesses(directory: string) {
  const running = new Map<string, ChildProcess>();
  const file = (name: string): string => path.join(directory, name);
  const configFor = (role: string): string => `${file('shenji.yml')},${file(`${role}.yml`)}`;
  return {
    start(role: 'scheduler' | 'worker'): void {
      const log = openSync(file(`${role}.log`), 'a');
      const env = { PATH: environment['PATH'] };
      const args = [CLI, role, '--config', configFor(role)];
      running.set(role, spawn(process.execPath, args, { env, stdio: ['ignore', log, log] }));
      // The child has its own.
      closeSync(log);
    },
    async end(role: string, signal: NodeJS.Signals): Promise<void> {
      const child = running.get(role);
      running.delete(role);
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
    setUp(): void {
      const { status, stderr, error } = spawnSync(process.execPath, [CLI, 'setup', '--config', file('shenji.yml')], {
        env: { PATH: environment['PATH'] },
        encoding: 'utf8',
      });
      if (status !== 0) throw new TryError(`setup exits with code ${status}: ${error?.message ?? stderr}`);
    },
    /** The last that a process has logged; undefined where it was never started. */
    lastWords(role: string): string | undefined {
      if (!existsSync(file(`${role}.log`))) return undefined;
      return readFileSync(file(`${role}.log`), 'utf8')
        .trim()
        .split('\n')
        .slice(-5)
        .join('\n');
    },
  };
}

/** All three, or none: where one does not start, the others are stopped. */
async function startServers() {
  const artifacts = await prepareArtifacts(environment, tell);
  tell('starting Elasticsearch, Redis and the simulator …');
  const starting = [startElasticsearch(artifacts, environment), startRedis(artifacts), startVendor()] as const;
  const stop = async (): Promise<void> => {
    const started = await Promise.allSettled(starting);
    await stopAll(...started.flatMap((one) => (one.status === 'fulfilled' ? [() => one.value.stop()] : [])));
  };
  try {
    const [elasticsearch, redis, vendor] = await Promise.all(starting);
    return { elasticsearch, redis, vendor, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws MissingPrerequisite without Java or Maven */
export async function startInstall(token: string) {
  const { elasticsearch, redis, vendor, stop } = await startServers();
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-watched-'));
  const ports = { scheduler: await freePort(), worker: await freePort() };
  const write = (name: string, content: object): void =>
    writeFileSync(path.join(directory, name), JSON.stringify(content));
  write('shenji.yml', configOf(vendor, { elasticsearch: elasticsearch.url, redis: redis.url }, token));
  write('scheduler.yml', { http: { port: ports.scheduler }, elasticsearch: { repair: {} } });
  write('worker.yml', { http: { port: ports.worker } });
  const processes = createProcesses(directory);
  return {
    ...processes,
    targets: Object.values(ports).map((port) => `127.0.0.1:${port}`),
    befall: vendor.befall,
    /** What it resolves to brings Elasticsearch back with its data. */
    killElasticsearch: () => elasticsearch.kill(),
    async stop(): Promise<void> {
      await stopAll(...['scheduler', 'worker'].map((role) => () => processes.end(role, 'SIGTERM')));
      await stop();
      rmSync(directory, { recursive: true });
    },
  };
}

export type Install = Awaited<ReturnType<typeof startInstall>>;
