/**
 * Who may do what in the Elasticsearch of docker-compose.yml, made with the superuser's password: each role of
 * deploy/elasticsearch, a user for each part, and the password of Kibana's own user. A second run changes nothing. With
 * `keys` as argument it prints API keys with the same rights instead, for a deployment elsewhere that prefers them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const { ELASTICSEARCH_URL = 'http://localhost:9200', ROLES = '/roles', SECRETS = '/run/secrets' } = process.env;
const PATIENCE_MS = 60_000;
/** Of each user, named like its password's directory. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  writer: ['writer'],
  setup: ['setup', 'kibana-setup'],
  reader: ['reader', 'kibana-reader'],
};

type Role = { readonly applications?: readonly object[]; readonly indices?: readonly object[] };
type Refusal = { readonly error?: { readonly type?: string; readonly reason?: string } };
/** What came of a request; one that is not `final` may do better in a moment. */
type Outcome = { readonly answer: unknown } | { readonly why: string; readonly final: boolean };

const passwordOf = (holder: string): string => readFileSync(`${SECRETS}/${holder}/password`, 'utf8').trim();
const roleOf = (name: string): Role => JSON.parse(readFileSync(`${ROLES}/${name}.json`, 'utf8')) as Role;
/** `kibana-setup` → `shenji_kibana_setup`. */
const nameOf = (role: string): string => `shenji_${role.replaceAll('-', '_')}`;
const authorization = `Basic ${Buffer.from(`elastic:${passwordOf('elastic')}`).toString('base64')}`;

async function ask(method: string, path: string, body: object): Promise<Outcome> {
  const headers = { authorization, 'content-type': 'application/json' };
  try {
    const reply = await fetch(`${ELASTICSEARCH_URL}${path}`, { method, headers, body: JSON.stringify(body) });
    const answer: unknown = await reply.json();
    if (reply.ok) return { answer };
    const { type = '', reason = '' } = (answer as Refusal).error ?? {};
    return { why: `${reply.status} ${type}: ${reason}`, final: reply.status !== 503 && reply.status !== 429 };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
    return { why: cause?.message || cause?.code || message, final: false };
  }
}

/** Waits for an Elasticsearch that is not up, or not far enough. @throws Error with Elasticsearch's own reason. */
async function send(method: string, path: string, body: object): Promise<unknown> {
  for (const startedAt = Date.now(); ; await pause(1_000)) {
    const outcome = await ask(method, path, body);
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

/** A key with no more than the roles of one user. Elasticsearch shows it this once. */
async function printKeys(): Promise<void> {
  for (const [user, its] of Object.entries(USERS)) {
    const rights = Object.fromEntries(its.map((role) => [nameOf(role), roleOf(role)]));
    const made = await send('POST', '/_security/api_key', { name: nameOf(user), role_descriptors: rights });
    process.stdout.write(`${nameOf(user)} ${(made as { encoded: string }).encoded}\n`);
  }
}

try {
  await (process.argv[2] === 'keys' ? printKeys() : makeUsers());
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
