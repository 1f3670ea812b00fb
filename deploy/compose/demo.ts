/** The end of the demo of docker-compose.yml: waits until the dashboards have data, and says where to look. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const { ELASTICSEARCH_URL, KIBANA_URL } = process.env;
const PATIENCE_MS = 10 * 60_000;
const DATA = ['logs-feishu.openapi_audit-*', 'metrics-dingtalk.report-*'];
const password = readFileSync('/run/secrets/reader/password', 'utf8').trim();
const authorization = `Basic ${Buffer.from(`shenji_reader:${password}`).toString('base64')}`;

async function count(index: string): Promise<number> {
  const reply = await fetch(`${ELASTICSEARCH_URL}/${index}/_count`, { headers: { authorization } });
  const { count: found = 0 } = (await reply.json()) as { count?: number };
  return found;
}

const startedAt = Date.now();
let counts: readonly number[] = [];
while (!counts.every((found) => found > 0) || counts.length === 0) {
  if (Date.now() - startedAt > PATIENCE_MS)
    throw new Error('no documents yet: see "docker compose logs scheduler worker"');
  // An Elasticsearch that restarts is no reason to give up.
  counts = await Promise.all(DATA.map(count)).catch(() => []);
  await pause(1_000);
}
// The password of an account of this demo alone, on this machine alone; a deployment's stays in its file.
process.stdout.write(
  [
    '',
    `  Dashboards:  ${KIBANA_URL}/app/dashboards#/list`,
    `  Login:       shenji_reader, password ${password}`,
    `  So far:      ${counts.map((found, index) => `${found} documents in ${DATA[index]}`).join(', ')}; the simulated company goes on working`,
    '  Ctrl-C stops everything; "docker compose --profile demo down -v" removes it with its data',
    '',
    '',
  ].join('\n'),
);
