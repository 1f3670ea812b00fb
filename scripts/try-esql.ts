/**
 * `npm run try:esql`: starts a real engine of ES|QL (Elasticsearch 8.19), prints its address, and stops it with Ctrl-C. It
 * has no data, no security, no data streams, and of the types only those of the core; what tests ask it is in
 * test/support/esql.ts.
 */
import { once } from 'node:events';
import { environment } from '../src/config/environment.ts';
import { startEsqlEngine } from '../test/support/esql/engine.ts';

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

tell(`A real engine of ES|QL, for trying queries: Elasticsearch 8.19, since that of 9.5 is not published whole.
  It starts empty, without security, and loses all when it stops.
  Ask it without a client of 9: curl -H 'content-type: application/json' <address>/_query -d '{"query": "ROW a = 1"}'
  CHANGE_POINT ends it, and its KQL knows no field: (a or b).`);
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
const engine = await startEsqlEngine(environment, tell);
process.stdout.write(`${engine.url}\n`);
tell('Stop it with Ctrl-C.');
// The guard of the server does not keep this process alive.
const alive = setInterval(() => undefined, 60_000);
await interrupted;
clearInterval(alive);
await engine.stop();
