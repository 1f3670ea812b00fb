/** HTTP to Kibana: the space, the credentials and the errors in plain words, in this one place. */
import { readFileSync } from 'node:fs';
import { Agent, fetch, FormData, ProxyAgent, type Dispatcher, type RequestInit } from 'undici';
import { proxyFor } from '../../config/environment.ts';

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
  /** `/api/status`, which belongs to no space. @throws KibanaError */
  status(): Promise<KibanaReply>;
  close(): Promise<void>;
};

/** What Kibana answered, with the remedy; never a credential. */
export class KibanaError extends Error {
  override readonly name = 'KibanaError';
  /** Whether it may pass by itself: a Kibana that is away, or still starts. */
  readonly retryable: boolean;

  constructor(message: string, retryable = false) {
    super(message);
    this.retryable = retryable;
  }
}

const TIMEOUT_MS = 60_000;
const STATUS_TIMEOUT_MS = 10_000;
/** The version of the public API that we speak. */
const API_VERSION = '2023-10-31';

type Credentials = Pick<KibanaSettings, 'apiKey' | 'username' | 'password'>;

function authorizationOf({ apiKey, username, password }: Credentials): string | undefined {
  if (apiKey !== undefined) return `ApiKey ${apiKey}`;
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}

/** What to do about a status, by the credentials and the space that are really configured. */
function remediesFor({ apiKey, username, space }: KibanaSettings): Readonly<Record<number, string>> {
  const [who, check] =
    apiKey !== undefined
      ? ['the API key', 'check kibana.apiKey: it is wrong or expired']
      : username !== undefined
        ? [`the user ${username}`, 'check kibana.username and kibana.password']
        : ['a request without credentials', 'set kibana.apiKey, or kibana.username and kibana.password'];
  const elsewhere = `; deploy/elasticsearch/kibana-setup.json grants it in the space default alone, and docs/security.md says where to write "${space}"`;
  return {
    401: check,
    403: `${who} lacks privileges: it needs "All" on Saved Objects Management and Security in the space ${space}${space === 'default' ? '' : elsewhere}`,
    413: 'raise server.maxPayload of Kibana or of the proxy before it',
  };
}

type Status = {
  readonly version?: { readonly number?: string };
  readonly status?: { readonly overall?: { readonly level?: string; readonly summary?: string } };
};

/** What Kibana itself says, from `{"message": …}`, or from its status. */
function wordsOf(body: unknown): string {
  const { message, status } = (body ?? {}) as { message?: unknown } & Status;
  return typeof message === 'string' ? message : (status?.overall?.summary ?? '');
}

const said = (status: number, body: unknown): string => `${status} ${wordsOf(body)}`.trimEnd();

/** Undefined for what is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// oxlint-disable-next-line max-lines-per-function -- three ways to ask one server
export function createKibana(settings: KibanaSettings): Kibana {
  const { url, space, caFile } = settings;
  const root = url.replace(/\/+$/, '');
  const base = `${root}${space === 'default' ? '' : `/s/${encodeURIComponent(space)}`}`;
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

  /** The status and the text of the answer. */
  async function call(
    address: string,
    init: RequestInit,
    timeoutMs: number,
  ): Promise<{ status: number; text: string }> {
    try {
      const reply = await fetch(address, { headers, dispatcher, signal: AbortSignal.timeout(timeoutMs), ...init });
      return { status: reply.status, text: await reply.text() };
    } catch (error) {
      const cause = (error as { cause?: { message?: string; code?: string } }).cause;
      const why = cause?.message || cause?.code || (error as Error).message;
      throw new KibanaError(
        `Kibana at ${url} does not answer: ${why}; check kibana.url, kibana.caFile and the network`,
        !/certificate|self.signed/i.test(why),
      );
    }
  }

  async function send(path: string, init: RequestInit = {}, { from = base, timeoutMs = TIMEOUT_MS } = {}) {
    const { status, text } = await call(`${from}${path}`, init, timeoutMs);
    const body = parsed(text);
    // While it starts, Kibana answers so to everything, and not always in JSON.
    if (status === 503)
      throw new KibanaError(
        `Kibana at ${url} is not ready: ${said(status, body)}; if it does not pass, see its log`,
        true,
      );
    if (body === undefined)
      throw new KibanaError(
        `Kibana at ${url} answered ${status} with an invalid JSON response: is kibana.url Kibana's own address, with its base path?`,
        status >= 500,
      );
    const remedy = remedies[status];
    if (remedy !== undefined) throw new KibanaError(`Kibana refuses ${path}: ${said(status, body)}; ${remedy}`);
    if (status >= 500) throw new KibanaError(`Kibana failed on ${path}: ${said(status, body)}; see its log`, true);
    return { status, body };
  }

  return {
    get: (path) => send(path),
    upload: (path, fileName, ndjson) => {
      const form = new FormData();
      form.append('file', new File([ndjson], fileName, { type: 'application/ndjson' }));
      return send(path, { method: 'POST', body: form });
    },
    status: () => send('/api/status', {}, { from: root, timeoutMs: STATUS_TIMEOUT_MS }),
    close: () => dispatcher.close(),
  };
}

/** A degraded Kibana answers and imports: it lacks a part, perhaps for good. */
const READY = ['available', 'degraded'];

/** Kibana's version, where it tells us. @throws KibanaError, a retryable one while Kibana is away or starts */
export async function requireReady(kibana: Kibana): Promise<string | undefined> {
  const { body } = await kibana.status();
  const { status, version } = body as Status;
  const { level } = status?.overall ?? {};
  if (level === undefined)
    throw new KibanaError("Kibana does not show its status: is kibana.url Kibana's own address, with its base path?");
  if (!READY.includes(level)) throw new KibanaError(`Kibana is ${level}: ${wordsOf(body)}`, true);
  return version?.number;
}

/** Beside an Elasticsearch 9 no older Kibana starts. */
const LEAST_MAJOR = 9;

/** What to say of an older Kibana, which is no reason to stop: importing into 8.12 was seen to work. */
export function doubtAbout(version: string | undefined): string | undefined {
  if (version === undefined || Number(version.split('.')[0]) >= LEAST_MAJOR) return undefined;
  return `this is Kibana ${version}; shenji's dashboards and rules are for Kibana ${LEAST_MAJOR}, which belongs to Elasticsearch ${LEAST_MAJOR}`;
}

/** Fails early and in words where the space is not there: Kibana itself would answer 404 to everything. @throws KibanaError */
export async function requireSpace(kibana: Kibana, space: string): Promise<void> {
  const { status, body } = await kibana.get(`/api/spaces/space/${encodeURIComponent(space)}`);
  if (status === 200) return;
  if (status === 404)
    throw new KibanaError(
      `Kibana has no space "${space}": make it under Stack Management → Spaces, or correct kibana.space`,
    );
  throw new KibanaError(`Kibana does not show the space "${space}": ${said(status, body)}`);
}
