/** One run's world: vendors, Redis, a proxy to Elasticsearch, and real processes of the program. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import type { createRandom } from '../../src/simulator/random.ts';
import type { SharedElasticsearch } from './elasticsearch.ts';
import type { Proxy } from './proxy.ts';

const CLI = path.join(import.meta.dirname, '..', '..', 'src', 'cli.ts');
const CLOCK = path.join(import.meta.dirname, 'clock.ts');

export type Process = {
  readonly role: 'scheduler' | 'worker';
  readonly child: ChildProcess;
  readonly log: () => string;
};

export type Processes = {
  readonly all: () => readonly Process[];
  start(role: Process['role']): Process;
  /** Resolves with the signal or code that it ended with. */
  kill(victim: Process, signal: NodeJS.Signals): Promise<string>;
  setClockOffset(milliseconds: number): void;
  close(): Promise<void>;
};

/** What a fault may touch. */
export type FaultWorld = {
  readonly runtime: Runtime;
  readonly vendor: Simulator;
  readonly proxy: Proxy;
  readonly processes: Processes;
  readonly shared: SharedElasticsearch;
  readonly redis: { restart(downMs: number, keepData: boolean): Promise<void> };
  readonly random: ReturnType<typeof createRandom>;
  readonly index: string;
};

export function startProcesses(config: object, mutation: string | undefined): Processes {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-faults-'));
  const [configFile, clockFile] = [path.join(directory, 'config.yml'), path.join(directory, 'clock')];
  writeFileSync(configFile, JSON.stringify(config));
  writeFileSync(clockFile, '0');
  const running = new Set<Process>();

  function start(role: Process['role']): Process {
    const env = { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'info', FAULTS_CLOCK_FILE: clockFile };
    const preload =
      mutation === undefined ? [] : ['--import', path.join(import.meta.dirname, 'mutations', `${mutation}.ts`)];
    const child = spawn(process.execPath, ['--import', CLOCK, ...preload, CLI, role, '--config', configFile], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const logFile = path.join(directory, `${role}-${child.pid}.log`);
    writeFileSync(logFile, '');
    child.stderr.on('data', (chunk: Buffer) => appendFileSync(logFile, chunk));
    const started: Process = { role, child, log: () => readFileSync(logFile, 'utf8') };
    running.add(started);
    return started;
  }

  async function kill(victim: Process, signal: NodeJS.Signals): Promise<string> {
    const ended = once(victim.child, 'exit') as Promise<[number | null, string | null]>;
    victim.child.kill(signal);
    const [code, by] = await ended;
    running.delete(victim);
    return by ?? `code ${code}`;
  }

  return {
    all: () => [...running],
    start,
    kill,
    setClockOffset: (milliseconds) => writeFileSync(clockFile, String(milliseconds)),
    close: async () => {
      await Promise.all([...running].map((victim) => kill(victim, 'SIGKILL')));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The kernel's word for what the process does: `T` is stopped. */
export function processState({ child }: Process): string {
  return /\) (\w)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))?.[1] ?? '?';
}

export { pause };
