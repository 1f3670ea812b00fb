/** HTTP to Kibana: the space, the credentials and the errors in plain words, in this one place. */
import { readFileSync } from 'node:fs';
import { Agent, fetch, FormData, ProxyAgent, type Dispatcher } from 'undici';
import { proxyFor } from '../config/environment.ts';

export type KibanaSettings = {
  readonly url: string;
  readonly space: string;
  readonly apiKey?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly caFile?: string | undefined;
};

export type KibanaReply = { readonly status: number; readonly body: unknown };

export type Kibana = {
  /** @throws KibanaError where Kibana is away or refuses us; any other status is the caller's to judge. */
  get(path: string): Promise<KibanaReply>;
  /** Sends NDJSON as the file that Kibana's import wants. @throws KibanaError */
  upload(path: string, fileName: string, ndjson: string): Promise<KibanaReply>;
  close(): Promise<void>;
};

/** What Kibana answered, with the remedy; never a credential. */
export class KibanaError extends Error {
  override readonly name = 'KibanaError';
}

const TIMEOUT_MS = 60_000;
/** The version of the public API that we speak. */
const API_VERSION = '2023-10-31';

type Credentials = Pick<KibanaSettings, 'apiKey' | 'username' | 'password'>;

function authorizationOf({ apiKey, username, password }: Credentials): string | undefined {
  if (apiKey !== undefined) return `ApiKey ${apiKey}`;
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}

/** What to do about a status, by the credentials that are really configured. */
function remediesFor({ apiKey, username }: Credentials): Readonly<Record<number, string>> {
  const [who, check] =
    apiKey !== undefined
      ? ['the API key', 'check kibana.apiKey: it is wrong or expired']
      : username !== undefined
        ? [`the user ${username}`, 'check kibana.username and kibana.password']
        : ['a request without credentials', 'set kibana.apiKey, or kibana.username and kibana.password'];
  return {
    401: check,
    403: `${who} lacks privileges: it needs "All" on Dashboards, Data Views Management and Security in this space`,
    413: 'raise server.maxPayload of Kibana or of the proxy before it',
  };
}

/** What Kibana itself says, from `{"message": …}`. */
function wordsOf(body: unknown): string {
  const message = (body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : '';
}

export function createKibana(settings: KibanaSettings): Kibana {
  const { url, space, caFile } = settings;
  const base = `${url.replace(/\/+$/, '')}${space === 'default' ? '' : `/s/${encodeURIComponent(space)}`}`;
  const tls = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  const proxy = proxyFor(url);
  const dispatcher: Dispatcher =
    proxy === undefined ? new Agent({ connect: tls }) : new ProxyAgent({ uri: proxy, requestTls: tls });
  const authorization = authorizationOf(settings);
  const remedies = remediesFor(settings);
  const headers = {
    'kbn-xsrf': 'shenji',
    'elastic-api-version': API_VERSION,
    ...(authorization === undefined ? {} : { authorization }),
  };

  async function send(method: 'GET' | 'POST', path: string, body?: FormData): Promise<KibanaReply> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let reply;
    try {
      reply = await fetch(`${base}${path}`, {
        method,
        headers,
        dispatcher,
        signal,
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      const cause = (error as { cause?: { message?: string; code?: string } }).cause;
      const why = cause?.message || cause?.code || (error as Error).message;
      throw new KibanaError(
        `Kibana at ${url} does not answer: ${why}; check kibana.url, kibana.caFile and the network`,
      );
    }
    const text = await reply.text();
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch {
      throw new KibanaError(
        `Kibana at ${url} answered ${reply.status} with no JSON: is kibana.url Kibana's own address, with its base path?`,
      );
    }
    const remedy = remedies[reply.status];
    if (remedy !== undefined)
      throw new KibanaError(`Kibana refuses ${path}: ${reply.status} ${wordsOf(answer)}; ${remedy}`);
    if (reply.status >= 500)
      throw new KibanaError(`Kibana failed on ${path}: ${reply.status} ${wordsOf(answer)}; see its log`);
    return { status: reply.status, body: answer };
  }

  return {
    get: (path) => send('GET', path),
    upload: (path, fileName, ndjson) => {
      const form = new FormData();
      form.append('file', new File([ndjson], fileName, { type: 'application/ndjson' }));
      return send('POST', path, form);
    },
    close: () => dispatcher.close(),
  };
}

/** Fails early and in words where the space is not there: Kibana itself would answer 404 to everything. @throws KibanaError */
export async function requireSpace(kibana: Kibana, space: string): Promise<void> {
  const { status, body } = await kibana.get(`/api/spaces/space/${encodeURIComponent(space)}`);
  if (status === 200) return;
  if (status === 404)
    throw new KibanaError(
      `Kibana has no space "${space}": make it under Stack Management → Spaces, or correct kibana.space`,
    );
  throw new KibanaError(`Kibana does not show the space "${space}": ${status} ${wordsOf(body)}`);
}
