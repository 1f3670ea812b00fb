import { describe, expect, it } from 'vitest';
import { hasHelm, refusal } from './helm.ts';

/** Values of `--set`, of which each is refused by itself, and what is said of it. */
type Refused = readonly (readonly [set: string, message: string])[];

const UNKNOWN: Refused = [
  ['config.elasticserch.url=https://es:9200', "at '/config': additional properties 'elasticserch' not allowed"],
  ['config.tenants[0].fieshu.appId=cli_a', "at '/config/tenants/0': additional properties 'fieshu' not allowed"],
  ['setup.config.kibana.ulr=https://kibana', "at '/setup/config/kibana': additional properties 'ulr' not allowed"],
  ['worker.replica=3', "at '/worker': additional properties 'replica' not allowed"],
];

const WRONG: Refused = [
  ['config.http.port=many', "at '/config/http/port': got string, want integer"],
  ['worker.replicas=two', "at '/worker/replicas': got string, want integer"],
  ['scaling.by=KEDA', "at '/scaling/by': value must be one of"],
  ['scaling.by=keda,scaling.min=9', 'scaling.min (9) is more than scaling.max (8)'],
  ['setup.wait=5m', 'setup.deadlineSeconds (570) is less than twice setup.wait (5m)'],
  ['image.repository=', "at '/image/repository'"],
  ['image.digest=latest', "at '/image/digest'"],
  ['image.tag=1.0 #y', "at '/image/tag'"],
  ['secret.name=', "at '/secret/name'"],
  ['worker.podDisruptionBudget.maxUnavailable=0', "at '/worker/podDisruptionBudget/maxUnavailable'"],
  ['worker.podDisruptionBudget.maxUnavailable=0%', "at '/worker/podDisruptionBudget/maxUnavailable'"],
  ['scheduler.podLabels.app\\.kubernetes\\.io/component=x', "at '/scheduler/podLabels/app.kubernetes.io~1component'"],
  ['setup.podAnnotations.checksum/config=x', "at '/setup/podAnnotations/checksum~1config'"],
  ['fullnameOverride=7up', 'a Service cannot be named 7up-…'],
  ['env[0].name=SHENJI_PLUGINS,env[0].value=x', "at '/env/0/name'"],
];

const SECRETS: Refused = [
  ['config.elasticsearch.apiKey=in-plain-text', "at '/config/elasticsearch/apiKey'"],
  ['config.http.token=in-plain-text', "at '/config/http/token'"],
  ['config.redis.url=redis://:in-plain-text@redis:6379', 'config of the scheduler: redis.url'],
  ['config.redis.url=redis://:$ecret@redis', 'config of the scheduler: redis.url'],
  ['config.redis.url=redis://:${REDIS_PASSWORD}plain@redis', 'config of the scheduler: redis.url'],
  ['config.redis.url=rediss://redis:6379?password=plainpw', 'config of the scheduler: redis.url'],
  ['config.redis.url=rediss://shenji:plain/pw@redis:6379', 'config of the scheduler: redis.url'],
  ['setup.config.elasticsearch.url=https://u:plainpw@es:9200', 'config of the setup: elasticsearch.url'],
  [
    'config.plugins[0]=shenji-source-example,config.tenants[0].example.token=plain-secret',
    "at '/config/tenants/0/example/token'",
  ],
  [
    'config.plugins[0]=shenji-source-example,config.tenants[0].example.inner.clientSecret=plain-secret',
    "at '/config/tenants/0/example/inner/clientSecret'",
  ],
  [
    'config.plugins[0]=shenji-source-example,config.tenants[0].example.url=https://u:plainpw@vendor',
    'config of the scheduler: tenants[0].example.url',
  ],
  ['otlp.endpoint=http://user:plainpw@collector:4318', "at '/otlp/endpoint'"],
  ['env[0].name=HTTPS_PROXY,env[0].value=http://u:geheim@proxy', 'env HTTPS_PROXY'],
  ['env[0].name=OTEL_EXPORTER_OTLP_HEADERS,env[0].value=authorization=x', "at '/env/0'"],
];

const BREAKING: Refused = [
  ['worker.config.http.port=9000', "at '/worker/config': additional properties 'http' not allowed"],
  ['scheduler.config.http.token=${OTHER}', "at '/scheduler/config': additional properties 'http' not allowed"],
  ['worker.config.namespace=other', "at '/worker/config': additional properties 'namespace' not allowed"],
  ['scheduler.config.redis.url=redis://r', "at '/scheduler/config': additional properties 'redis' not allowed"],
  ['scheduler.config.tenants[0].id=x', "at '/scheduler/config': additional properties 'tenants' not allowed"],
  ['config.http.host=127.0.0.1', "at '/config/http/host'"],
  ['config.http.port=0', "at '/config/http/port'"],
  ['config.http.host=null', "at '/config/http': missing property 'host'"],
  ['config.http.token=null,scaling.by=keda', 'config.http.token: scaling.by: keda and'],
  [
    'config.elasticsearch.apiKey=null,config.elasticsearch.username=u,config.elasticsearch.password=${P}',
    'config of the setup: elasticsearch.apiKey and .username exclude each other; with users, setup.config.elasticsearch needs apiKey: null',
  ],
  ['ca.secret=', 'ca.crt is mounted from ca.secret or ca.configMap, and neither is set'],
  ['config.redis.caFile=other.crt', 'config of the scheduler: redis.caFile: only ca.crt lies beside the configuration'],
  ['ca.configMap=authorities', 'ca.secret and ca.configMap exclude each other'],
  ['config.redact.mode=hash,config.redact.hashKey=${es_Api_Key}', 'are both the key es-api-key of the secret'],
  ['secret.from=values', 'secret.values has no ca.crt: ca.key names it'],
  [
    'secret.from=values,ca.secret=other',
    'secret.values has no es-api-key: the configuration names it as ${ES_API_KEY}',
  ],
];

const TAKEN: readonly string[] = [
  'config.redis.url=rediss://shenji:${REDIS_PASSWORD}@redis:6379',
  'config.redis.url=redis://redis:6379/0',
  'config.http.host=::',
  'config.plugins[0]=shenji-source-example,config.tenants[0].example.token=${EXAMPLE_TOKEN}',
  'config.plugins[0]=shenji-source-example,config.tenants[0].example.tokens[0]=${ONE}',
  'config.redis.caFile=/tls/other.crt',
  'env[0].name=HTTPS_PROXY,env[0].value=http://u:$(PROXY_SECRET)@proxy:3128',
  'env[0].name=API_TOKEN,env[0].valueFrom.secretKeyRef.name=x',
  'worker.podDisruptionBudget.maxUnavailable=25%',
];

describe.skipIf(!hasHelm)('values of the chart are refused, by a message that names the place,', () => {
  it.each(UNKNOWN)('where a key does not exist: %s', async (set, message) => {
    expect(await refusal('the least', '--set', set)).toContain(message);
  });

  it.each(WRONG)('where a value cannot be: %s', async (set, message) => {
    expect(await refusal('the least', '--set', set)).toContain(message);
  });

  it.each(SECRETS)('where a secret stands in plain text: %s', async (set, message) => {
    const said = await refusal('the least', '--set', set);
    expect(said).toContain(message);
    if (message.startsWith('config of') || message.startsWith('env '))
      expect(said).not.toMatch(/plainpw|ecret@|geheim/);
  });

  it.each(BREAKING)('where a pod could not work with them: %s', async (set, message) => {
    expect(await refusal('the least', '--set', set)).toContain(message);
  });
});

describe.skipIf(!hasHelm)('values of the chart are taken', () => {
  it.each(TAKEN)('as they should be: %s', async (set) => {
    expect(await refusal('the least', '--set', set)).toBe('nothing');
  });
});
