/** An HTTP server of a test, on a port of its own. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Resolves with its address once it listens; closed with the test, and whatever still asks it is cut off. */
export async function listening(server: Server): Promise<string> {
  // A pause of the client must not look like a fault: Node would close the connection after five seconds.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
