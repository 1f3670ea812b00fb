/**
 * Runs one server and takes it down when whoever started it is gone, however that happened: the guard reads its
 * standard input, which the kernel closes even after a kill -9. Started as a process of its own by `spawnGuarded`.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

type Order = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
};

const order = JSON.parse(process.argv[2] ?? '') as Order;
const { command, args, ...options } = order;
// A group of its own, so that a server of several processes (Elasticsearch has a launcher) ends as a whole.
const server = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'inherit', 'inherit'] });

function endServer(): void {
  if (server.pid === undefined) return;
  try {
    process.kill(-server.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function leave(code: number): never {
  endServer();
  rmSync(order.cwd, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code);
}

process.stdin
  .on('end', () => leave(0))
  .on('error', () => leave(0))
  .resume();
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', () => leave(0));
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  leave(1);
});
server.on('exit', (code) => leave(code ?? 1));
