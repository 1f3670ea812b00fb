/**
 * A container's health check, without a shell: `node healthcheck.js [URL [any]]` exits with code 0 where `/healthz`, or the
 * URL that is given, answers with 200, and the answer is of a process in this container. Where the network is shared another
 * may have the port. With `any` it may be of any program.
 */
import { get } from 'node:http';
import { CONTAINER_HEADER, containerId } from './observe/container.ts';

const TIMEOUT_MS = 5_000;
const [url = 'http://127.0.0.1:9464/healthz', any] = process.argv.slice(2);

function unhealthy(why: string): void {
  process.stdout.write(`${url}: ${why}\n`);
  process.exitCode = 1;
}

get(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }, (reply) => {
  if (any !== 'any' && reply.headers[CONTAINER_HEADER] !== containerId()) {
    reply.destroy();
    unhealthy('who answers there is not the shenji of this container: is the port taken? The log of this one says so');
    return;
  }
  reply.pipe(process.stdout);
  process.exitCode = reply.statusCode === 200 ? 0 : 1;
}).on('error', ({ message, code }: NodeJS.ErrnoException) => {
  const remedy = '; where http.host or http.port is another than that, the health check needs the URL';
  unhealthy(`${message}${code === 'ECONNREFUSED' ? remedy : ''}`);
});
