/** A real Redis for demo and tests. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Artifacts } from './artifacts.ts';
import type { EmbeddedServer } from './elasticsearch.ts';
import { freePort, serverIdentity, startServer, throwAwayDirectory } from './server-process.ts';

async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.end('PING\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    return reply.toString().startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}

/** On loopback, with the eviction policy that BullMQ asks for; its data goes when it stops. `port`: by default any free one. */
export async function startRedis(artifacts: Artifacts, port?: number): Promise<EmbeddedServer> {
  const chosen = port ?? (await freePort());
  const identity = await serverIdentity();
  const directory = await throwAwayDirectory('redis', identity);
  const server = await startServer({
    name: 'Redis',
    directory,
    identity,
    command: artifacts.redisServer,
    args: [
      '--port',
      `${chosen}`,
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
    ],
    timeoutMs: 20_000,
    isReady: () => answersPing(chosen),
  });
  return { ...server, url: `redis://127.0.0.1:${chosen}` };
}
