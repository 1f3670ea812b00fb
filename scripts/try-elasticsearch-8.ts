/**
 * `npm run try:elasticsearch-8`: starts a real Elasticsearch 8.19 and shows what `check` and `setup` say of it. The tests
 * ask a stand-in that answers as this one did. Exits with 1 where one of them does not refuse it by name.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { environment } from '../src/config/environment.ts';
import { prepareArtifacts } from '../src/dev/embedded/artifacts.ts';
import { startElasticsearch } from '../src/dev/embedded/elasticsearch.ts';
import { startRedis } from '../src/dev/embedded/redis.ts';

const VERSION = '8.19.21';
const REFUSAL = `this is Elasticsearch ${VERSION}; shenji works with Elasticsearch 9`;
const CLI = path.join(import.meta.dirname, '..', 'src', 'cli.ts');

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

const artifacts = await prepareArtifacts(environment, tell, { elasticsearchVersion: VERSION });
tell(`starting Elasticsearch ${VERSION} and Redis …`);
const [elasticsearch, redis] = await Promise.all([startElasticsearch(artifacts, environment), startRedis(artifacts)]);
try {
  const env = {
    PATH: environment['PATH'],
    ELASTICSEARCH_URL: elasticsearch.url,
    REDIS_URL: redis.url,
    // Nobody is there: only Elasticsearch is of interest.
    FEISHU_BASE_URL: 'http://127.0.0.1:9',
    FEISHU_APP_ID: 'cli_nobody',
    FEISHU_APP_SECRET: 'not-a-secret',
  };
  for (const command of ['check', 'setup']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, command], { env, encoding: 'utf8' });
    process.stdout.write(`$ shenji ${command}\n${stdout}${stderr}exit code ${status}\n\n`);
    if (status !== 1 || !`${stdout}${stderr}`.includes(REFUSAL)) {
      tell(`${command} does not say "${REFUSAL}"`);
      process.exitCode = 1;
    }
  }
} finally {
  await Promise.all([elasticsearch.stop(), redis.stop()]);
}
