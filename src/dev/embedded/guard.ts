/**
 * Runs one server and takes it down when whoever started it is gone, however that happened: the guard reads its
 * standard input, which the kernel closes even after a kill -9. The line `kill` there kills the server, and `start` after it
 * starts it again with its data. Started as a process of its own by `startServer`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

type Spec = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
};

const spec = JSON.parse(process.argv[2] ?? '') as Spec;
const { command, args, ...options } = spec;
let server = start();
/** The end of a server that was killed by the line. */
let gone: Promise<unknown> = Promise.resolve();

function start(): ChildProcess {
  // A group of its own, so that a server of several processes (Elasticsearch has a launcher) ends as a whole.
  const started = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
  started.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    leave(1);
  });
  started.on('exit', (code) => {
    if (started === server) leave(code ?? 1);
  });
  return started;
}

function endServer({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function kill(): void {
  gone = once(server.removeAllListeners('exit'), 'exit');
  endServer(server);
}

/** The new one starts only when the old one has let its files go. */
async function startAgain(): Promise<void> {
  await gone;
  server = start();
}

function leave(code: number): never {
  endServer(server);
  rmSync(spec.cwd, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code);
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'kill') kill();
    if (line === 'start') void startAgain();
  })
  .on('close', () => leave(0));
process.stdin.on('error', () => leave(0));
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', () => leave(0));
