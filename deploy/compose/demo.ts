/** The end of the demo of docker-compose.yml: waits until the dashboards have their data, and says where to look. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const { ELASTICSEARCH_URL = '', KIBANA_URL = '' } = process.env;
const PATIENCE_MS = 15 * 60_000;
/** The company calls at any hour: where the newest call is older, its past is still being collected. */
const COLLECTED_WITHIN_MS = 2 * 60 * 60_000;
const AUDIT = 'logs-feishu.openapi_audit-*';
const STATISTICS = 'metrics-dingtalk.report-*';
const password = readFileSync('/run/secrets/reader/password', 'utf8').trim();
const authorization = `Basic ${Buffer.from(`shenji_reader:${password}`).toString('base64')}`;
const tell = (text: string): void => void process.stdout.write(`${text}\n`);

/** How many documents, and how old the newest is. */
async function look(index: string): Promise<{ count: number; ageMs: number }> {
  const query = 'size=1&sort=@timestamp:desc&_source=@timestamp&track_total_hits=true';
  const reply = await fetch(`${ELASTICSEARCH_URL}/${index}/_search?${query}`, { headers: { authorization } });
  const { hits } = (await reply.json()) as {
    hits: { total: { value: number }; hits: { _source: { '@timestamp': string } }[] };
  };
  const newest = Date.parse(hits.hits[0]?._source['@timestamp'] ?? '');
  return { count: hits.total.value, ageMs: Number.isNaN(newest) ? Infinity : Date.now() - newest };
}

for (const startedAt = Date.now(); ; await pause(3_000)) {
  // An Elasticsearch that restarts is no reason to give up.
  const [audit, statistics] = await Promise.all([look(AUDIT), look(STATISTICS)]).catch(() => []);
  const both = `${audit?.count ?? 0} calls and ${statistics?.count ?? 0} statistics`;
  if (audit !== undefined && statistics !== undefined && audit.ageMs < COLLECTED_WITHIN_MS && statistics.count > 0) {
    // The password of an account of this demo alone, on this machine alone; a deployment's stays in its file.
    tell(`\n${both} are collected; the company goes on working.`);
    tell(`  Dashboards  ${KIBANA_URL}/app/dashboards`);
    tell(`  Login       shenji_reader, password ${password}`);
    tell('  To end it   docker compose --profile demo down -v, which removes its data too\n');
    break;
  }
  if (Date.now() - startedAt > PATIENCE_MS) {
    tell(`only ${both} so far: see "docker compose logs scheduler worker"`);
    process.exitCode = 1;
    break;
  }
  tell(`${both} so far`);
}
