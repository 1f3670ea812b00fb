/** The one-shot job that makes users or keys, against what Elasticsearch's documentation says that it answers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { rolesOf } from '../../src/adapters/elasticsearch/roles.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';

const roles = rolesOf(sourceDefinitions);

const ROOT = path.join(import.meta.dirname, '..', '..');
type Asked = {
  readonly what: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
};
type Answer = readonly [status: number, body: object];

/** An Elasticsearch that answers as `answer` says, and what it was asked. */
async function elasticsearch(answer: (what: string) => Answer): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const reply = async (request: IncomingMessage): Promise<Answer> => {
    const what = `${request.method} ${request.url}`;
    const body = JSON.parse((await text(request)) || '{}') as Record<string, unknown>;
    asked.push({ what, authorization: request.headers.authorization, body });
    return answer(what);
  };
  const server = createServer((request, response) => {
    void reply(request).then(([status, body]) => response.writeHead(status).end(JSON.stringify(body)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** `next`: what secrets.sh has laid down as the superuser's new password. */
async function usersWith(next: string | undefined, url: string, ...args: string[]) {
  const secrets = mkdtempSync(path.join(tmpdir(), 'shenji-users-'));
  onTestFinished(() => rmSync(secrets, { recursive: true }));
  for (const holder of ['elastic', 'kibana', 'writer', 'repair', 'setup', 'reader']) {
    mkdirSync(path.join(secrets, holder));
    writeFileSync(path.join(secrets, holder, 'password'), `password of ${holder}`);
  }
  if (next !== undefined) writeFileSync(path.join(secrets, 'elastic', 'password.new'), next);
  const child = spawn(process.execPath, [path.join(ROOT, 'deploy', 'compose', 'users.ts'), ...args], {
    env: { ELASTICSEARCH_URL: url, SECRETS: secrets, ROLES: path.join(ROOT, 'deploy', 'elasticsearch') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, code: code as number };
}

const users = (url: string, ...args: string[]) => usersWith(undefined, url, ...args);

it('makes each role, a user with each, and the password of the user that Kibana itself is', async () => {
  const { url, asked } = await elasticsearch(() => [200, { created: true }]);
  const { code, stdout, stderr } = await users(url);
  expect([code, stderr]).toEqual([0, '']);
  const basic = `Basic ${Buffer.from('elastic:password of elastic').toString('base64')}`;
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set([basic]));
  const bodies = Object.fromEntries(asked.map(({ what, body }) => [what, body]));
  expect(bodies['PUT /_security/role/shenji_writer']).toEqual(roles.writer);
  expect(bodies['PUT /_security/role/shenji_kibana_reader']).toMatchObject({
    applications: [{ application: 'kibana-.kibana', privileges: ['space_read'], resources: ['space:default'] }],
  });
  expect(bodies['PUT /_security/user/shenji_writer']).toEqual({
    password: 'password of writer',
    roles: ['shenji_writer'],
  });
  expect(bodies['PUT /_security/user/shenji_setup']).toMatchObject({ roles: ['shenji_setup', 'shenji_kibana_setup'] });
  expect(bodies['PUT /_security/user/shenji_reader']).toMatchObject({
    roles: ['shenji_reader', 'shenji_kibana_reader'],
  });
  expect(bodies['POST /_security/user/kibana_system/_password']).toEqual({ password: 'password of kibana' });
  const made = Object.keys(bodies).flatMap((what) => /role\/(\w+)/.exec(what)?.[1] ?? []);
  for (const { body } of asked) for (const role of (body['roles'] ?? []) as string[]) expect(made).toContain(role);
  expect(stdout).not.toContain('password');
});

it('says what Elasticsearch refused, and why', async () => {
  const error = { type: 'security_exception', reason: 'unable to authenticate user [elastic] for REST request' };
  const { url } = await elasticsearch(() => [401, { error, status: 401 }]);
  const { code, stderr } = await users(url);
  expect(code).toBe(1);
  expect(stderr).toContain('refuses PUT /_security/role/');
  expect(stderr).toContain(`401 security_exception: ${error.reason}`);
  expect(stderr).not.toContain('password of');
});

it('waits for an Elasticsearch that is not far enough', async () => {
  let refused = 0;
  const { url, asked } = await elasticsearch(() => {
    refused += 1;
    return refused === 1 ? [503, { error: { type: 'unavailable_shards_exception', reason: 'not yet' } }] : [200, {}];
  });
  expect((await users(url)).code).toBe(0);
  expect(asked[0]?.what).toBe(asked[1]?.what);
});

/** Three keys of each name, the newest not the first. */
const THREE_KEYS: Answer = [
  200,
  {
    api_keys: [
      { id: 'older', creation: 1 },
      { id: 'newest', creation: 3 },
      { id: 'old', creation: 2 },
    ],
  },
];
const MADE: Answer = [
  200,
  {
    id: 'VuaCfGcBCdbkQm-e5aOx',
    name: 'shenji',
    api_key: 'ui2lp2axTNmsyakw9tvNnw',
    encoded: 'VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==',
  },
];

it('mints keys with the rights of each user, and prints what is shown only once', async () => {
  const { url, asked } = await elasticsearch((what) => (what.startsWith('GET') ? [200, { api_keys: [] }] : MADE));
  const { code, stdout, stderr } = await users(url, 'keys');
  expect([code, stderr]).toEqual([0, '']);
  const made = asked.filter(({ what }) => what === 'POST /_security/api_key');
  expect(made).toHaveLength(4);
  expect(made[1]?.body).toEqual({ name: 'shenji_repair', role_descriptors: { shenji_repair: roles.repair } });
  expect(made[0]?.body).toEqual({ name: 'shenji_writer', role_descriptors: { shenji_writer: roles.writer } });
  expect(stdout.split('\n')[2]).toBe('shenji_setup VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==');
});

it('mints keys that expire, and says that those from before do not end by that', async () => {
  const { url, asked } = await elasticsearch((what) => (what.startsWith('GET') ? THREE_KEYS : MADE));
  const { code, stderr } = await users(url, 'keys', '90d');
  expect(code).toBe(0);
  expect(asked.map(({ body }) => body['expiration']).filter((expiration) => expiration === '90d')).toHaveLength(4);
  expect(asked.filter(({ what }) => what.startsWith('DELETE'))).toEqual([]);
  expect(stderr).toBe('12 older keys go on to work; "retire" ends them, once these have taken their place\n');
});

it('retires every key but the newest of each name', async () => {
  const { url, asked } = await elasticsearch((what) => (what.startsWith('GET') ? THREE_KEYS : [200, {}]));
  const { code, stdout } = await users(url, 'retire');
  expect(code).toBe(0);
  expect(asked.map(({ what }) => what).filter((what) => what.includes('writer'))).toEqual([
    'GET /_security/api_key?name=shenji_writer&owner=true&active_only=true',
  ]);
  const retired = asked.filter(({ what }) => what === 'DELETE /_security/api_key').map(({ body }) => body);
  expect(retired).toEqual([1, 2, 3, 4].map(() => ({ ids: ['old', 'older'], owner: true })));
  expect(stdout).toContain('shenji_reader: 2 older keys retired\n');
});

it('does nothing where it is asked for something else', async () => {
  const { url, asked } = await elasticsearch(() => [200, {}]);
  const { code, stderr } = await users(url, 'key');
  expect([code, stderr]).toEqual([1, 'there is no "key"; there are: users, keys, retire, password\n']);
  expect(asked).toEqual([]);
});

const basic = (password: string): string => `Basic ${Buffer.from(`elastic:${password}`).toString('base64')}`;

it('password gives the superuser the one that lies ready, asking with the old one', async () => {
  const { url, asked } = await elasticsearch(() => [200, {}]);
  expect((await usersWith('the new one', url, 'password')).code).toBe(0);
  expect(asked).toEqual([
    {
      what: 'POST /_security/user/elastic/_password',
      authorization: basic('password of elastic'),
      body: { password: 'the new one' },
    },
  ]);
});

it('password is content where Elasticsearch has the new one already, and says why where it has neither', async () => {
  const refusal: Answer = [401, { error: { type: 'security_exception', reason: 'unable to authenticate' } }];
  const changed = await elasticsearch((what) => (what.startsWith('GET') ? [200, {}] : refusal));
  expect((await usersWith('the new one', changed.url, 'password')).code).toBe(0);
  expect(changed.asked.at(-1)?.authorization).toBe(basic('the new one'));
  const { code, stderr } = await usersWith('the new one', (await elasticsearch(() => refusal)).url, 'password');
  expect([code, stderr]).toEqual([1, expect.stringContaining('unable to authenticate')]);
});

it('says which keys Elasticsearch has kept, and why', async () => {
  const kept = [200, { invalidated_api_keys: [], error_count: 2, error_details: [{ reason: 'shard down' }] }] as const;
  const { url } = await elasticsearch((what) => (what.startsWith('GET') ? THREE_KEYS : [...kept]));
  const { code, stdout, stderr } = await users(url, 'retire');
  expect([code, stdout, stderr]).toEqual([
    1,
    'shenji_writer: 0 older keys retired\n',
    '2 keys of shenji_writer still work: shard down\n',
  ]);
});
