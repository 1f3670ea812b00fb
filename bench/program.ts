/** The built program in processes of its own, as its user runs it: a configuration file, a command, a log. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { environment } from '../src/config/environment.ts';
import { startServers, type Servers } from '../src/dev/embedded/index.ts';
import { print, tell } from '../src/cli/terminal.ts';
import { imageEnvironment } from './memory.ts';

const ROOT = path.join(import.meta.dirname, '..');
const CLI = path.join(ROOT, 'dist', 'cli.js');
const KEPT_LOG = 100_000;

export type Program = {
  /** The end of its log. */
  readonly log: () => string;
  /** Its resident memory in MB, and how many handles it holds; undefined where there is no /proc. */
  readonly residentMb: () => number | undefined;
  readonly handles: () => number | undefined;
  readonly hasEnded: () => boolean;
  /** Its /metrics, as text. */
  metrics(): Promise<string>;
  /** Resolves when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>;
};

const children = new Set<ChildProcess>();
let directory: string | undefined;
// Ended by a signal, it would leave them running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

/** A build of yesterday would be measured as if it were today's. */
export function buildProgram(): void {
  const changedAt = (file: string): number => statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (globSync('src/**/*.ts', { cwd: ROOT }).every((file) => changedAt(file) < changedAt('dist/cli.js'))) return;
  tell('building …');
  const { status } = spawnSync('npm', ['run', '-s', 'build'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error('"npm run build" failed');
}

/** Redis is always our own: what it counts must be of nobody else. `ELASTICSEARCH_URL` is taken where it is given. */
export const startBenchServers = (): Promise<Servers> => startServers({ ...environment, REDIS_URL: undefined }, tell);

/** A benchmark by itself: builds, lends servers, and prints what `measure` resolves with. */
export async function benchAlone(measure: (servers: Servers) => Promise<string>): Promise<void> {
  buildProgram();
  const servers = await startBenchServers();
  print(await measure(servers));
  await servers.stop();
}

function spawned(args: readonly string[], config: object): ChildProcess {
  directory ??= mkdtempSync(path.join(tmpdir(), 'shenji-bench-'));
  const file = path.join(mkdtempSync(path.join(directory, 'config-')), 'shenji.yml');
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(process.execPath, [CLI, ...args, '--config', file], {
    env: { ...imageEnvironment(), PATH: environment['PATH'] ?? '', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function keepLog(child: ChildProcess, onText: (text: string) => void = () => undefined): () => string {
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-KEPT_LOG);
    onText(log);
  });
  return () => log;
}

/** Runs a command to its end. @throws Error with its log where it fails */
export async function runProgram(args: readonly string[], config: object): Promise<void> {
  const child = spawned(args, config);
  const log = keepLog(child);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`"shenji ${args.join(' ')}" exited with code ${code}:\n${log().slice(-2_000)}`);
}

/** What /proc says of a process; undefined where there is none, or the process is gone. */
function seen<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Resolves once its HTTP endpoints listen; `http.port` must be 0. @throws Error with its log where it ends before */
export async function startProgram(args: readonly string[], config: object): Promise<Program> {
  const child = spawned(args, config);
  let url: string | undefined;
  const log = keepLog(child, (text) => (url ??= /listen at (http:\/\/[\d.:]+)/.exec(text)?.[1]));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  while (url === undefined) {
    if (hasEnded()) throw new Error(`"shenji ${args.join(' ')}" has ended:\n${log().slice(-2_000)}`);
    await pause(50);
  }
  const address = url;
  return {
    log,
    hasEnded,
    residentMb: () =>
      seen(() => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024),
    handles: () => seen(() => readdirSync(`/proc/${child.pid}/fd`).length),
    metrics: async () => {
      const { body } = await request(`${address}/metrics`, { headersTimeout: 60_000 });
      return body.text();
    },
    stop: async (signal = 'SIGTERM') => {
      if (hasEnded()) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

/** Values of a metric by its labels, as they stand in the text. */
export function readMetric(text: string, name: string): Map<string, number> {
  const lines = text.matchAll(new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm'));
  return new Map([...lines].map(([, labels = '', value]) => [labels, Number(value)]));
}

/** Resolves with how many seconds it took until it holds; undefined where that takes longer than the limit. */
export async function secondsUntil(holds: () => Promise<boolean> | boolean, limitSeconds: number) {
  const startedAt = performance.now();
  const spent = (): number => (performance.now() - startedAt) / 1_000;
  while (spent() < limitSeconds) {
    if (await Promise.resolve(holds()).catch(() => false)) return spent();
    await pause(500);
  }
  return undefined;
}
