/** A real Redis for demo and tests. */
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import type { Artifacts } from './artifacts.ts';
import type { EmbeddedServer } from './elasticsearch.ts';
import { freePort, serverIdentity, startServer, throwAwayDirectory, writeServerFile } from './server-process.ts';

async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.end('PING\r\n');
    // A server that is killed meanwhile may end the connection without an error and without an answer.
    const [reply] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [Buffer | boolean];
    return reply.toString().startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}

/** What differs from the plain server: for tests with TLS and users. `directory` is where its files are. */
export type RedisOverrides = {
  readonly args: (port: number, directory: string) => readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly scheme: 'redis' | 'rediss';
  readonly isReady: (port: number) => Promise<boolean>;
};

const PLAIN: RedisOverrides = {
  args: (port) => ['--port', `${port}`],
  files: {},
  scheme: 'redis',
  isReady: answersPing,
};

/** On loopback, with the eviction policy that BullMQ asks for; its data goes when it stops. `port`: by default any free one. */
export async function startRedis(
  artifacts: Artifacts,
  port?: number,
  { args, files, scheme, isReady } = PLAIN,
): Promise<EmbeddedServer> {
  const chosen = port ?? (await freePort());
  const identity = await serverIdentity();
  const directory = await throwAwayDirectory('redis', identity);
  for (const [name, content] of Object.entries(files))
    await writeServerFile(path.join(directory, name), content, identity);
  const server = await startServer({
    name: 'Redis',
    directory,
    identity,
    command: artifacts.redisServer,
    args: [
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'yes',
      '--maxmemory-policy',
      'noeviction',
      '--dir',
      directory,
      // Last: the later of two settings counts.
      ...args(chosen, directory),
    ],
    timeoutMs: 20_000,
    isReady: () => isReady(chosen),
  });
  return { ...server, url: `${scheme}://127.0.0.1:${chosen}` };
}
