/** One run's world: vendors, Redis, a proxy to Elasticsearch, and real processes of the program. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Interval } from '../../src/core/time/intervals.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import type { Simulator } from '../../src/dev/simulator/index.ts';
import type { createRandom } from '../../src/dev/simulator/random.ts';
import type { SharedElasticsearch } from './elasticsearch.ts';
import type { Proxy } from './proxy.ts';

const CLI = path.join(import.meta.dirname, '..', '..', 'src', 'cli.ts');
/** A package from outside that names shenji gets these sources. */
const CONDITION = '--conditions=shenji-development';
const CLOCK = path.join(import.meta.dirname, 'clock.ts');

/** Whose credentials a process has: a scheduler has those of the writer, and of repair beside them. */
export type ProcessRole = 'scheduler' | 'worker' | 'setup' | 'reader' | 'repair';
const ROLES: readonly ProcessRole[] = ['scheduler', 'worker', 'setup', 'reader', 'repair'];

export type Process = {
  readonly role: 'scheduler' | 'worker';
  readonly child: ChildProcess;
  readonly log: () => string;
};

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Processes = {
  readonly all: () => readonly Process[];
  /** `mutation`: a change of its program, beside that of the whole run. */
  start(role: Process['role'], mutation?: string): Process;
  /** Ends each and starts its like: the workers first, as an update of the configuration or of the program does. */
  replaceAll(signal: NodeJS.Signals, mutation?: string): Promise<void>;
  /** What is started from now on reads these configurations. */
  configure(configFor: (role: ProcessRole) => object): void;
  /** Runs a program of one's own with the configuration of this role and the mutation of the run; `shenji` where none is named. */
  run(role: ProcessRole, args: readonly string[], script?: string): Promise<Ended>;
  /** Resolves with the signal or code that it ended with. */
  kill(victim: Process, signal: NodeJS.Signals): Promise<string>;
  setClockOffset(milliseconds: number): void;
  close(): Promise<void>;
};

/** What an operator may change in the middle: settings of the tenant's audit log, and how long documents are kept. */
export type Settings = {
  readonly retention: string;
  readonly audit: { readonly settle: readonly string[] } & Readonly<Record<string, unknown>>;
};

/** What a fault may touch. */
export type FaultWorld = {
  /** The driver's own: it looks past the proxy, and asks what the run began with. */
  readonly runtime: Runtime;
  /** Begins before the run, and is settled soon after its start. */
  readonly past: Interval;
  readonly settings: () => Settings;
  /** Writes the configuration; `processes.replaceAll` lets it be read. */
  configure(settings: Settings): void;
  readonly vendor: Simulator;
  readonly proxy: Proxy;
  readonly processes: Processes;
  readonly shared: SharedElasticsearch;
  readonly redis: { restart(downMs: number, keepData: boolean): Promise<void> };
  readonly random: ReturnType<typeof createRandom>;
  readonly index: string;
  /** Something that is promised, and did not hold: the run is broken. */
  readonly violated: (line: string) => void;
};

/** Resolves with the observed effect, or undefined where there was none and the fault does not count. */
export type Fault = {
  readonly name: string;
  /** How much rarer than the others it is drawn: 4 for a quarter as often. */
  readonly rarity?: number;
  readonly strike: (world: FaultWorld) => Promise<string | undefined>;
};

/** Resolves with true when it holds, with false when that takes too long. What cannot be asked just now does not hold yet. */
export async function waitUntil(holds: () => boolean | Promise<boolean>, limitMs = 120_000): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (await Promise.resolve(holds()).catch(() => false)) return true;
    await pause(100);
  }
  return false;
}

/** For what only reads: asked again while the server that it asks is away, as another run's fault may have it. */
export async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ;) {
    try {
      return await read();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(500);
    }
  }
}

export function startProcesses(configFor: (role: ProcessRole) => object, mutation: string | undefined): Processes {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-faults-'));
  const clockFile = path.join(directory, 'clock');
  const configFile = (role: ProcessRole): string => path.join(directory, `${role}.yml`);
  const configure: Processes['configure'] = (next) => {
    for (const role of ROLES) writeFileSync(configFile(role), JSON.stringify(next(role)));
  };
  configure(configFor);
  writeFileSync(clockFile, '0');
  const running = new Set<Process>();

  function spawned(
    script: string,
    role: ProcessRole,
    args: readonly string[],
    mutations: readonly (string | undefined)[],
  ) {
    const preloads = mutations
      .filter((name) => name !== undefined)
      .flatMap((name) => ['--import', path.join(import.meta.dirname, 'mutations', `${name}.ts`)]);
    return spawn(
      process.execPath,
      [CONDITION, '--import', CLOCK, ...preloads, script, ...args, '--config', configFile(role)],
      {
        env: {
          PATH: process.env['PATH'] ?? '',
          LOG_LEVEL: 'info',
          FAULTS_CLOCK_FILE: clockFile,
          // So many processes are started that compiling the program would take half of a machine.
          NODE_COMPILE_CACHE: path.join(tmpdir(), 'shenji-faults-compiled'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
  }

  function start(role: Process['role'], other?: string): Process {
    const child = spawned(CLI, role, [role], [mutation, other]);
    child.stdout.resume();
    const logFile = path.join(directory, `${role}-${child.pid}.log`);
    writeFileSync(logFile, '');
    child.stderr.on('data', (chunk: Buffer) => appendFileSync(logFile, chunk));
    const started: Process = { role, child, log: () => readFileSync(logFile, 'utf8') };
    running.add(started);
    return started;
  }

  async function kill(victim: Process, signal: NodeJS.Signals): Promise<string> {
    const { exitCode, signalCode } = victim.child;
    // Nobody has asked it to: whoever waited for its end would wait for ever.
    if (exitCode !== null || signalCode !== null)
      throw new Error(`${victim.role} has ended by itself: ${victim.log().slice(-2_000)}`);
    const ended = once(victim.child, 'exit') as Promise<[number | null, string | null]>;
    victim.child.kill(signal);
    const [code, by] = await ended;
    running.delete(victim);
    return by ?? `code ${code}`;
  }

  async function replaceAll(signal: NodeJS.Signals, other?: string): Promise<void> {
    for (const role of ['worker', 'scheduler'] as const) {
      const old = [...running].filter((process) => process.role === role);
      await Promise.all(old.map((process) => kill(process, signal)));
      for (const process of old) start(process.role, other);
    }
  }

  async function run(role: ProcessRole, args: readonly string[], script = CLI): Promise<Ended> {
    const child = spawned(script, role, args, [mutation]);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    return { code, stdout, stderr };
  }

  return {
    all: () => [...running],
    start,
    kill,
    replaceAll,
    configure,
    run,
    setClockOffset: (milliseconds) => writeFileSync(clockFile, String(milliseconds)),
    close: async () => {
      // Also where one has ended by itself, which was told where it mattered.
      await Promise.allSettled([...running].map((victim) => kill(victim, 'SIGKILL')));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The kernel's word for what the process does: `T` is stopped. */
export function processState({ child }: Process): string {
  return /\) (\w)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))?.[1] ?? '?';
}

export { pause };
