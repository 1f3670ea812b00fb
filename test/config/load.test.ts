import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { proxyFor } from '../../src/config/environment.ts';
import { secretsOf } from '../../src/config/secrets.ts';
import { requireFiles } from '../../src/config/files.ts';
import { ConfigError, loadConfig, type Environment } from '../../src/config/load.ts';

function write(content: string, name = 'shenji.yml'): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

function mistakesOf(content: string | undefined, environment: Environment = {}): string {
  try {
    loadConfig(content === undefined ? undefined : write(content), environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

const COMPLETE = `
namespace: prod
retention: 30d
elasticsearch: { url: "https://es:9200", apiKey: "\${ES_API_KEY}", caFile: ca.crt }
redis: { url: "rediss://shenji:secret@redis:6379", caFile: ca.crt }
kibana: { url: "https://kibana:5601", space: default, apiKey: "\${ES_API_KEY}" }
http: { host: 127.0.0.1, port: 9464, token: a-token }
redact: { keys: [employee_no], mode: hash, hashKey: 0123456789abcdef }
geo: { countryFile: GeoLite2-Country.mmdb }
tenants:
  - id: acme
    name: Acme Ltd
    timeZone: Asia/Shanghai
    feishu:
      baseUrl: https://open.feishu.cn
      appId: cli_xxx
      appSecret: "\${FEISHU_APP_SECRET}"
      requestsPerMinute: 100
      apps: { cli_abc: "HR sync" }
      openapi_audit: { window: 60s, lag: 2m, settle: [1h, 24h], since: 24h, maxLag: 15m, original: true, filter: { apiKeys: [] } }
    dingtalk:
      appKey: dingxxx
      appSecret: "\${DINGTALK_APP_SECRET}"
      report: { datasets: [reportData], settle: [1d, 2d], since: 30d }
`;

describe('the configuration', () => {
  it('takes variables from the environment and from the files that _FILE names, and finds files beside it', () => {
    const secret = write('from-a-file\n', 'secret');
    const file = write(COMPLETE);
    const config = loadConfig(file, { ES_API_KEY: 'key', FEISHU_APP_SECRET: 'fs', DINGTALK_APP_SECRET_FILE: secret });
    expect(config.elasticsearch.apiKey).toBe('key');
    expect(config.elasticsearch.caFile).toBe(path.join(path.dirname(file), 'ca.crt'));
    expect(config.tenants[0]).toMatchObject({
      feishu: { appSecret: 'fs', openapi_audit: { window: 60_000, lag: 120_000, settle: [3_600_000, 86_400_000] } },
      dingtalk: { appSecret: 'from-a-file', requestsPerMinute: 600, report: { lag: 600_000 } },
    });
  });

  it('reports every mistake at once, each with its path and an example', () => {
    const mistakes = mistakesOf(`
namespace: Has Spaces
elasticsearch: { url: "http://es.example:9200", username: u }
redis: { url: "http://redis" }
kibana: { url: "http://kibana.example:5601", apiKey: k, username: u }
retention: 3 months
tenants:
  - id: acme
    timeZone: Mars/Olympus
    feishu: { appId: cli_x, openapi_audit: { lag: 2, windw: 60s, since: 24 hours } }
  - id: acme
`);
    expect(mistakes.split('\n').slice(1)).toEqual([
      '  - namespace: needs lower-case letters, digits, _ and -, at most 40; for example default',
      '  - retention: needs days, hours or minutes, for example 90d',
      expect.stringContaining(
        'elasticsearch.url: is not https, and credentials travel there; use https://es.example:9200, or set "allowHttp: true"',
      ),
      '  - elasticsearch.password: username and password belong together; set both or none',
      expect.stringContaining('redis.url: needs redis:// or rediss://'),
      expect.stringContaining('kibana.url: is not https, and credentials travel there; use https://kibana.example'),
      '  - kibana.apiKey: and username exclude each other; keep one',
      '  - kibana.password: username and password belong together; set both or none',
      expect.stringContaining('tenants[0].timeZone: is no time zone; write for example Asia/Shanghai'),
      expect.stringContaining('tenants[0].feishu.openapi_audit.lag: needs a duration with its unit'),
      expect.stringContaining(
        'tenants[0].feishu.openapi_audit.since: "24 hours" is neither a duration nor an instant; write for example 24h, 2026-11-01 or 2026-11-01T00:00:00+08:00',
      ),
      '  - tenants[0].feishu.openapi_audit.windw: there is no such key; remove it or check its spelling',
      '  - tenants[0].feishu.appSecret: is missing; write for example "${FEISHU_APP_SECRET}"',
      '  - tenants[1]: collects nothing; add feishu or dingtalk',
    ]);
  });

  it.each([
    ['rediss://redis:6379?password=hushhush', 'has its password after the "?"; write it before the host'],
    [
      'rediss://shenji:hush/hush@redis:6379',
      'is no URL: a host or a port is missing or wrong, or the password has a character that is written with %, as %2F for /',
    ],
  ])('refuses the address %s, whose password it would not know for a secret', (url, expected) => {
    const mistakes = mistakesOf(`redis: { url: "${url}" }`);
    expect(mistakes).toContain(`redis.url: ${expected}`);
    expect(mistakes).not.toContain('hush');
  });

  it('takes several apps of a Feishu tenant in the place of one', () => {
    const tenant = (feishu: string): string => `
elasticsearch: { url: "https://es.example:9200" }
redis: { url: "redis://redis" }
tenants: [{ id: acme, feishu: ${feishu} }]
`;
    const two = 'credentials: [{ appId: cli_a, appSecret: sa }, { appId: cli_b, appSecret: sb }]';
    const config = loadConfig(write(tenant(`{ ${two} }`)), {});
    expect(config.tenants[0]).toMatchObject({ feishu: { credentials: [{ appId: 'cli_a' }, { appId: 'cli_b' }] } });
    expect(secretsOf(config)).toEqual(expect.arrayContaining(['sa', 'sb']));
    const told = (feishu: string): string[] => mistakesOf(tenant(feishu)).split('\n').slice(1);
    expect(told(`{ appId: cli_a, appSecret: sa, ${two} }`)).toEqual([
      '  - tenants[0].feishu.credentials: stands in the place of appId and appSecret; take these into the list, and out from beside it',
    ]);
    expect(told('{ credentials: [{ appId: cli_a, appSecret: sa }, { appId: cli_a, appSecret: sb }] }')).toEqual([
      '  - tenants[0].feishu.credentials: names an app twice; name each once',
    ]);
    expect(told('{ credentials: [{ appId: cli_a }] }')).toEqual([
      '  - tenants[0].feishu.credentials[0].appSecret: is missing; write for example "${FEISHU_APP_SECRET}"',
    ]);
    expect(told('{}')).toEqual([
      '  - tenants[0].feishu.appId: is missing; write for example cli_a1b2c3',
      '  - tenants[0].feishu.appSecret: is missing; write for example "${FEISHU_APP_SECRET}"',
    ]);
  });

  it('says how to write what has a wrong type, or none', () => {
    const mistakes = mistakesOf(`
elasticsearch: https://es:9200
http: { port: "9464" }
redact: { mode: shred, keys: employee_no }
retries: { attempts: 0 }
tenants: { id: acme }
`);
    expect(mistakes.split('\n').slice(1)).toEqual([
      '  - elasticsearch: is something else; write keys below it, for example { url: "https://es:9200" }',
      '  - redis: is missing; write keys below it, for example { url: "https://es:9200" }',
      '  - http.port: is something else; write a number, for example 100',
      '  - redact.keys: is something else; write a list, for example [one, two]',
      '  - redact.mode: write one of: remove, hash',
      '  - retries.attempts: must be at least 1, for example 1',
      '  - tenants: is something else; write a list, for example [one, two]',
    ]);
    expect(mistakesOf('')).not.toMatch(/expected|received/);
  });

  it('names the setting whose file cannot be read', () => {
    const variables = { ES_API_KEY: 'key', FEISHU_APP_SECRET: 'fs', DINGTALK_APP_SECRET: 'ds' };
    const file = write(COMPLETE);
    const config = loadConfig(file, variables);
    mkdirSync(path.join(path.dirname(file), 'GeoLite2-Country.mmdb'));
    const named =
      /elasticsearch\.caFile: cannot read .*ca\.crt: ENOENT.*\n.*redis\.caFile: .*\n.*geo\.countryFile: .* it is a directory/;
    expect(() => requireFiles(config)).toThrow(named);
    writeFileSync(path.join(path.dirname(file), 'ca.crt'), '');
    expect(() => requireFiles(config)).toThrow(/:\n.*geo\.countryFile: [^\n]*$/);
    expect(() => requireFiles({ ...config, geo: {} })).not.toThrow();
  });

  it('says once of a variable that its file is a directory', () => {
    const directory = path.dirname(write(''));
    const mistakes = mistakesOf(COMPLETE, {
      ES_API_KEY: 'k',
      DINGTALK_APP_SECRET: 's',
      FEISHU_APP_SECRET_FILE: directory,
    });
    expect(mistakes.split('\n').slice(1)).toEqual([
      `  - FEISHU_APP_SECRET_FILE: cannot read ${directory}: it is a directory; name a file in it`,
    ]);
  });

  it.each(['2025-11-01T00:00:00+08:00', '2025-11-01', '2025-11-01T08:30'])(
    'takes an instant for where a stream begins: %s, in a file and from the environment',
    (at) => {
      const file = write(COMPLETE.replace('since: 24h', `since: ${at}`));
      const ofFile = loadConfig(file, { ES_API_KEY: 'key', FEISHU_APP_SECRET: 'fs', DINGTALK_APP_SECRET: 'ds' });
      const alone = loadConfig(undefined, {
        ELASTICSEARCH_URL: 'https://es:9200', REDIS_URL: 'redis://r', SHENJI_SINCE: at, FEISHU_APP_ID: 'cli', FEISHU_APP_SECRET: 's',
      }); // prettier-ignore
      for (const { tenants } of [ofFile, alone])
        expect(tenants[0]).toMatchObject({ feishu: { openapi_audit: { since: { at } } } });
    },
  );

  it.each([
    '2026',
    '20261101',
    '12:30',
    '2026-W10',
    '2026-13-01',
    '2026-02-30',
    '2026-11-01T25:00',
    '-5h',
    '0s',
    '2999-01-01',
  ])('refuses %s for where a stream begins, with an example of each kind', (text) => {
    expect(
      mistakesOf(COMPLETE.replace('since: 24h', `since: "${text}"`), {
        ES_API_KEY: 'k',
        FEISHU_APP_SECRET: 's',
        DINGTALK_APP_SECRET: 's',
      }),
    ).toMatch(/openapi_audit\.since: ".*write for example 24h, 2026-11-01 or 2026-11-01T00:00:00\+08:00/);
  });

  it('names a variable that is not set, where it is used', () => {
    expect(mistakesOf(COMPLETE, {})).toContain(
      'tenants[0].feishu.appSecret: the environment has no FEISHU_APP_SECRET; set it, or FEISHU_APP_SECRET_FILE',
    );
  });

  it('names the line of malformed YAML', () => {
    expect(mistakesOf('namespace: x\ntenants: [ {')).toMatch(/line \d+: /);
  });

  it('lays one file over another: maps key by key, lists as a whole, and the last has the last word', () => {
    const variables = { ES_API_KEY: 'key', FEISHU_APP_SECRET: 'fs', DINGTALK_APP_SECRET: 'ds' };
    const below = write(COMPLETE);
    const above = write(`
elasticsearch: { url: "https://other:9200", caFile: other.crt }
rules: { homeCountries: [CN] }
tenants: [{ id: globex, feishu: { appId: cli_other, appSecret: other } }]
`);
    const config = loadConfig(`${below}, ${above}`, variables);
    expect(config.elasticsearch).toMatchObject({
      url: 'https://other:9200',
      apiKey: 'key',
      caFile: path.join(path.dirname(above), 'other.crt'),
    });
    expect([config.namespace, config.rules.homeCountries]).toEqual(['prod', ['CN']]);
    expect(config.tenants.map(({ id }) => id)).toEqual(['globex']);
    expect(loadConfig(`${above},${below}`, variables).tenants.map(({ id }) => id)).toEqual(['acme']);
  });

  it('says that a file cannot be read', () => {
    expect(() => loadConfig('/nowhere/shenji.yml', {})).toThrow(/cannot read it/);
  });

  it('comes from the environment alone for one tenant', () => {
    const config = loadConfig(undefined, {
      ELASTICSEARCH_URL: 'https://es:9200', ELASTICSEARCH_USERNAME: 'u', ELASTICSEARCH_PASSWORD: 'p', ELASTICSEARCH_REPAIR_API_KEY: 'r', REDIS_URL: 'redis://r', SHENJI_TENANT: 'acme',
      SHENJI_NAMESPACE: 'prod', SHENJI_SINCE: '48h', FEISHU_APP_ID: 'cli', FEISHU_APP_SECRET: 's', KIBANA_URL: 'https://kibana:5601', KIBANA_USERNAME: 'k',
      KIBANA_PASSWORD_FILE: write('from-a-file\n', 'secret'), KIBANA_CA_FILE: '/ca.crt', KIBANA_SPACE: 'security',
    }); // prettier-ignore
    expect(config).toMatchObject({
      namespace: 'prod',
      elasticsearch: { username: 'u', repair: { apiKey: 'r', again: 15 * 60_000 } },
      kibana: {
        url: 'https://kibana:5601', space: 'security', username: 'k', password: 'from-a-file', caFile: '/ca.crt',
      }, // prettier-ignore
      tenants: [{ id: 'acme', feishu: { openapi_audit: { since: { agoMs: 172_800_000 } } } }],
    });
    expect(config.tenants[0]).not.toHaveProperty('dingtalk');
    expect(secretsOf(config).toSorted()).toEqual(['from-a-file', 'p', 'r', 's']);
  });

  it('names the variables that the environment lacks', () => {
    const mistakes = mistakesOf(undefined, { FEISHU_APP_ID: 'cli' });
    for (const name of [
      'ELASTICSEARCH_URL (elasticsearch.url): ',
      'REDIS_URL (redis.url): ',
      'FEISHU_APP_SECRET (tenants[0].feishu.appSecret): is missing',
    ])
      expect(mistakes).toContain(name);
    expect(mistakesOf(undefined, { ELASTICSEARCH_URL: 'https://es', REDIS_URL: 'redis://r' })).toContain(
      'FEISHU_APP_ID and FEISHU_APP_SECRET, or DINGTALK_APP_KEY',
    );
  });
});

describe('the proxy', () => {
  const from = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'localhost,.internal,es:9200' };
  it.each([
    ['https://open.feishu.cn', 'http://proxy:3128'],
    ['https://a.internal', undefined],
    ['https://localhost:9200', undefined],
    ['https://es:9200', undefined],
    ['https://es:9201', 'http://proxy:3128'],
    ['http://open.feishu.cn', undefined],
  ])('for %s is %s', (url, proxy) => {
    expect(proxyFor(url, from)).toBe(proxy);
  });
});
