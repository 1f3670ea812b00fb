/**
 * Who may do what in the Elasticsearch of docker-compose.yml, made with the superuser's password: each role of
 * deploy/elasticsearch, a user for each part, and the password of Kibana's own user. Each run sets them to what the files
 * say: what somebody has changed by hand in Elasticsearch is put back, and a user's further roles are gone.
 *
 * With `keys` it prints API keys with the same rights instead, for a deployment elsewhere that prefers them; `keys 90d` has
 * them expire. Keys from before go on to work until `retire` ends all but the newest of each name. With `password` it gives
 * the superuser the password that lies in `elastic/password.new`: secrets.sh puts it there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const { ELASTICSEARCH_URL = 'http://localhost:9200', ROLES = '/roles', SECRETS = '/run/secrets' } = process.env;
const PATIENCE_MS = 60_000;
/** For one answer. */
const ANSWER_MS = 10_000;
/** Of each user, named like its password's directory. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  writer: ['writer'],
  repair: ['repair'],
  setup: ['setup', 'kibana-setup'],
  reader: ['reader', 'kibana-reader'],
};

type Role = { readonly applications?: readonly object[]; readonly indices?: readonly object[] };
type Key = { readonly id: string; readonly creation: number };
type Refusal = { readonly error?: { readonly type?: string; readonly reason?: string } };
type Retired = { readonly error_count?: number; readonly error_details?: readonly { readonly reason?: string }[] };
/** What came of a request; one that is not `final` may do better in a moment. */
type Outcome = { readonly answer: unknown } | { readonly why: string; readonly final: boolean };

const passwordOf = (holder: string, file = 'password'): string =>
  readFileSync(`${SECRETS}/${holder}/${file}`, 'utf8').trim();
const roleOf = (name: string): Role => JSON.parse(readFileSync(`${ROLES}/${name}.json`, 'utf8')) as Role;
/** `kibana-setup` → `shenji_kibana_setup`. */
const nameOf = (role: string): string => `shenji_${role.replaceAll('-', '_')}`;

async function ask(method: string, path: string, body: object | undefined, password: string): Promise<Outcome> {
  const authorization = `Basic ${Buffer.from(`elastic:${password}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  try {
    const reply = await fetch(`${ELASTICSEARCH_URL}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await reply.text();
    if (reply.ok) return { answer: JSON.parse(text) as unknown };
    const passes = [502, 503, 504, 429].includes(reply.status);
    // What is no JSON is not Elasticsearch's own answer.
    if (!text.startsWith('{')) return { why: `${reply.status} ${reply.statusText}`, final: !passes };
    const { type = '', reason = '' } = (JSON.parse(text) as Refusal).error ?? {};
    return { why: `${reply.status} ${type}: ${reason}`, final: !passes };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
    return { why: cause?.message || cause?.code || message, final: false };
  }
}

/** Waits for an Elasticsearch that is not up, or not far enough. @throws Error with Elasticsearch's own reason. */
async function send(method: string, path: string, body?: object, password = passwordOf('elastic')): Promise<unknown> {
  for (const startedAt = Date.now(); ; await pause(1_000)) {
    const outcome = await ask(method, path, body, password);
    if ('answer' in outcome) return outcome.answer;
    if (outcome.final || Date.now() - startedAt > PATIENCE_MS)
      throw new Error(`Elasticsearch at ${ELASTICSEARCH_URL} refuses ${method} ${path}: ${outcome.why}`);
  }
}

async function makeUsers(): Promise<void> {
  const roles = readdirSync(ROLES).map((file) => file.replace(/\.json$/, ''));
  for (const role of roles) await send('PUT', `/_security/role/${nameOf(role)}`, roleOf(role));
  for (const [user, its] of Object.entries(USERS))
    await send('PUT', `/_security/user/${nameOf(user)}`, { password: passwordOf(user), roles: its.map(nameOf) });
  await send('POST', '/_security/user/kibana_system/_password', { password: passwordOf('kibana') });
  process.stdout.write(`${roles.length} roles, and the users ${Object.keys(USERS).map(nameOf).join(', ')}\n`);
}

/** Those that work, of this superuser and under the name of one of our users; the newest first. */
async function keysOf(user: string): Promise<Key[]> {
  const found = await send('GET', `/_security/api_key?name=${nameOf(user)}&owner=true&active_only=true`);
  return (found as { api_keys: Key[] }).api_keys.toSorted((one, other) => other.creation - one.creation);
}

/** A key with no more than the roles of one user. Elasticsearch shows it this once. */
async function printKeys(expiration?: string): Promise<void> {
  let older = 0;
  for (const [user, its] of Object.entries(USERS)) {
    older += (await keysOf(user)).length;
    const rights = Object.fromEntries(its.map((role) => [nameOf(role), roleOf(role)]));
    const key = { name: nameOf(user), role_descriptors: rights, ...(expiration === undefined ? {} : { expiration }) };
    const made = await send('POST', '/_security/api_key', key);
    process.stdout.write(`${nameOf(user)} ${(made as { encoded: string }).encoded}\n`);
  }
  if (older > 0)
    process.stderr.write(`${older} older keys go on to work; "retire" ends them, once these have taken their place\n`);
}

async function retireKeys(): Promise<void> {
  for (const user of Object.keys(USERS)) {
    const ids = (await keysOf(user)).slice(1).map(({ id }) => id);
    const answer = ids.length > 0 ? await send('DELETE', '/_security/api_key', { ids, owner: true }) : {};
    const { error_count: failed = 0, error_details: [first] = [] } = answer as Retired;
    process.stdout.write(`${nameOf(user)}: ${ids.length - failed} older keys retired\n`);
    if (failed > 0)
      throw new Error(`${failed} keys of ${nameOf(user)} still work: ${first?.reason ?? 'no reason given'}`);
  }
}

async function renewPassword(): Promise<void> {
  const password = passwordOf('elastic', 'password.new');
  try {
    await send('POST', '/_security/user/elastic/_password', { password });
  } catch (error) {
    // A run that was cut off, between this and the file's own name, has been here.
    await send('GET', '/_security/_authenticate', undefined, password).catch(() => {
      throw error;
    });
  }
  process.stdout.write('elastic has its new password\n');
}

const COMMANDS: Readonly<Record<string, (argument?: string) => Promise<void>>> = {
  users: makeUsers,
  keys: printKeys,
  retire: retireKeys,
  password: renewPassword,
};

try {
  const [name = 'users', argument] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined) throw new Error(`there is no "${name}"; there are: ${Object.keys(COMMANDS).join(', ')}`);
  await command(argument);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
