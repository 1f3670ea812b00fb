/** A container's health check, without a shell: exits with code 0 where `/healthz`, or the URL that is given, answers with 200. */
import { get } from 'node:http';

const TIMEOUT_MS = 5_000;
const [url = 'http://127.0.0.1:9464/healthz'] = process.argv.slice(2);

get(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }, (reply) => {
  reply.pipe(process.stdout);
  process.exitCode = reply.statusCode === 200 ? 0 : 1;
}).on('error', ({ message }) => {
  process.stdout.write(`${url}: ${message}\n`);
  process.exitCode = 1;
});
