/** The end of the demo of docker-compose.yml: waits until the dashboards have their data, and says where to look. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const { ELASTICSEARCH_URL = '', KIBANA_URL = '', COLLECTED = '', SECRETS = '/run/secrets' } = process.env;
const PATIENCE_MS = 15 * 60_000;
/** The company calls at any hour: where the newest call is older, its past is still being collected. */
const COLLECTED_WITHIN_MS = 2 * 60 * 60_000;
const AUDIT = 'logs-feishu.openapi_audit-*';
const STATISTICS = 'metrics-dingtalk.report-*';
/** Whose end is known: the simulated company's. */
const DEMO_CONFIG = 'deploy/compose/demo.yml';
const password = readFileSync(`${SECRETS}/reader/password`, 'utf8').trim();
const authorization = `Basic ${Buffer.from(`shenji_reader:${password}`).toString('base64')}`;
const tell = (text: string): void => void process.stdout.write(`${text}\n`);

type Newest = { readonly count: number; readonly ageMs: number };

/** Waiting does not help. */
class FinalError extends Error {}

/** How many documents, and how old the newest is. @throws FinalError where the reader may not look; Error where that may pass */
async function newestOf(index: string): Promise<Newest> {
  const query = 'size=1&sort=@timestamp:desc&_source=@timestamp&track_total_hits=true';
  const reply = await fetch(`${ELASTICSEARCH_URL}/${index}/_search?${query}`, { headers: { authorization } });
  if (reply.status === 401 || reply.status === 403)
    throw new FinalError(
      `Elasticsearch answers ${reply.status} to shenji_reader: see "docker compose logs users", which makes it; the data of an earlier ./secrets ends with "docker compose --profile demo down -v"`,
    );
  if (!reply.ok) throw new Error(`Elasticsearch answers ${reply.status}`);
  const { hits } = (await reply.json()) as {
    hits: { total: { value: number }; hits: { _source: { '@timestamp': string } }[] };
  };
  const newest = Date.parse(hits.hits[0]?._source['@timestamp'] ?? '');
  return { count: hits.total.value, ageMs: Number.isNaN(newest) ? Infinity : Date.now() - newest };
}

type Seen = { readonly audit: Newest; readonly statistics: Newest };

async function readProgress(): Promise<Seen> {
  const [audit, statistics] = await Promise.all([newestOf(AUDIT), newestOf(STATISTICS)]);
  return { audit, statistics };
}

const inWords = ({ audit, statistics }: Seen): string => `${audit.count} calls and ${statistics.count} statistics`;

/** @throws FinalError, at once or when the time is over */
async function waitForData(): Promise<Seen> {
  let progress = 'nothing';
  for (const startedAt = Date.now(); Date.now() - startedAt < PATIENCE_MS; await pause(3_000)) {
    try {
      const seen = await readProgress();
      if (seen.audit.ageMs < COLLECTED_WITHIN_MS && seen.statistics.count > 0) return seen;
      progress = inWords(seen);
      tell(`${progress} so far`);
    } catch (error) {
      // An Elasticsearch that restarts is no reason to give up.
      if (error instanceof FinalError) throw error;
      tell(`waiting: ${(error as Error).message}`);
    }
  }
  throw new FinalError(`only ${progress} so far: see "docker compose logs scheduler worker"`);
}

try {
  if (!path.normalize(COLLECTED).endsWith(DEMO_CONFIG))
    throw new FinalError(
      `SHENJI_CONFIG names ${COLLECTED}, so nobody collects from the simulated vendors: the demo needs a checkout without .env, or SHENJI_CONFIG=./${DEMO_CONFIG}`,
    );
  const seen = await waitForData();
  // The password of an account of this demo alone, on this machine alone; a deployment's stays in its file.
  tell(`\n${inWords(seen)} are collected; the company goes on working.`);
  tell(`  Dashboards  ${KIBANA_URL}/app/dashboards`);
  tell(`  Login       shenji_reader, password ${password}`);
  tell('  To end it   docker compose --profile demo down -v, which removes its data too\n');
} catch (error) {
  tell((error as Error).message);
  process.exitCode = 1;
}
