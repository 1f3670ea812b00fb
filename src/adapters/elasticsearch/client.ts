/** The one place that makes Elasticsearch clients, and that says in our words what went wrong with one. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, errors, HttpConnection, type ClientOptions } from '@elastic/elasticsearch';
import { DestinationUnavailableError } from '../../sdk/errors.ts';
import type { RoleName } from './roles.ts';
import { unsupported, versionBy } from './version.ts';

export type ElasticsearchSettings = {
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly caFile?: string | undefined;
  /** A proxy's URL for this address, where the environment names one. */
  readonly proxy?: string | undefined;
};

export type Elasticsearch = Client;
/** Bodies and answers of its API, for the one use case that writes queries of its own: the preview of rules. */
export type { estypes } from '@elastic/elasticsearch';

/** Retries nothing by itself: waiting is the writer's decision. Every request has a limit of 30 s. */
export function createElasticsearch(settings: ElasticsearchSettings): Elasticsearch {
  const { url, apiKey, username, password, caFile, proxy } = settings;
  const options: ClientOptions = { node: url, maxRetries: 0, requestTimeout: 30_000 };
  if (apiKey !== undefined) options.auth = { apiKey };
  else if (username !== undefined) options.auth = { username, password: password ?? '' };
  if (caFile !== undefined) options.tls = { ca: readFileSync(caFile) };
  // The default connection takes no proxy.
  if (proxy !== undefined) Object.assign(options, { Connection: HttpConnection, proxy });
  return namingOldVersions(new Client(options));
}

/** What an older major answers to whatever has a body: nobody could guess the reason from it. */
const REFUSES_OUR_MAJOR = 'media_type_header_exception';

/** In this one place, so that every command says the same, and no record counts as refused for it. */
function namingOldVersions(client: Client): Client {
  const { transport } = client;
  const request = transport.request.bind(transport) as (...given: unknown[]) => Promise<unknown>;
  const naming = async (...given: unknown[]): Promise<unknown> => {
    try {
      return await request(...given);
    } catch (error) {
      if (typeOf(error) !== REFUSES_OUR_MAJOR) throw error;
      const version = await versionBy((path) => request({ method: 'GET', path }));
      throw unsupported(version ?? 'of a major before ours');
    }
  };
  transport.request = naming as typeof transport.request;
  return client;
}

export function statusOf(error: unknown): number | undefined {
  return error instanceof errors.ResponseError ? (error.statusCode ?? undefined) : undefined;
}

export function typeOf(error: unknown): string | undefined {
  if (!(error instanceof errors.ResponseError)) return undefined;
  const body = error.body as { error?: { type?: string; root_cause?: { type?: string }[] } } | undefined;
  return body?.error?.root_cause?.[0]?.type ?? body?.error?.type;
}

type Fault = { readonly reason?: string; readonly caused_by?: Fault; readonly root_cause?: readonly Fault[] };

const deepest = (fault: Fault | undefined): string | undefined =>
  (fault?.caused_by && deepest(fault.caused_by)) ?? fault?.reason;

/** Why Elasticsearch did not understand a question (400), in its words: they cite the question, so only for those that are ours. */
export function misunderstood(error: unknown): string | undefined {
  if (!(error instanceof errors.ResponseError) || error.statusCode !== 400) return undefined;
  const fault = (error.body as { error?: Fault } | undefined)?.error;
  return deepest(fault?.root_cause?.[0]) ?? deepest(fault);
}

const remediesFor = (role: RoleName): Readonly<Record<number, string>> => ({
  401: `check elasticsearch.${role === 'repair' ? 'repair (without it elasticsearch), its ' : ''}apiKey, or username and password`,
  403: `grant the privileges of the ${role} role, or lift the write block`,
  404: 'run "shenji setup"',
  413: 'raise http.max_content_length',
  429: 'it is overloaded or out of disk; shenji waits until it has room',
});

/** Bad request, wrong credentials, missing privileges: asked again, the answer is the same. */
const FINAL_STATUSES = [400, 401, 403];

/** What Elasticsearch answered, with the remedy by the `role` that the work is done in; never the request's body or credentials. */
export function destinationError(
  doing: string,
  error: unknown,
  role: RoleName = 'writer',
): DestinationUnavailableError {
  if (error instanceof DestinationUnavailableError) return error;
  const status = statusOf(error);
  const said = status === undefined ? (error as Error).message : `${status} ${typeOf(error) ?? ''}`.trim();
  const untrusted = status === undefined && /certificate|self.signed/i.test(said);
  const network = untrusted
    ? 'set elasticsearch.caFile to the authority that signed its certificate'
    : 'check elasticsearch.url and the network';
  const closed = typeOf(error) === 'index_closed_exception' ? 'open the index again: POST <index>/_open' : undefined;
  const remedy = closed ?? remediesFor(role)[status ?? 0] ?? (status === undefined ? network : 'see its log');
  return new DestinationUnavailableError(
    `Elasticsearch, ${doing}: ${said}; ${remedy}`,
    { ...(status === undefined ? {} : { httpStatus: status }), cause: error },
    !untrusted && !FINAL_STATUSES.includes(status ?? 0),
  );
}

type Answered = { readonly timed_out?: boolean; readonly _shards?: { readonly failed?: number } };

/** As `orUnavailable`, for a search whose answer must be whole: evidence with a shard missing would be a lie. */
export async function wholeAnswer<T extends Answered>(doing: string, search: Promise<T>, role?: RoleName): Promise<T> {
  const answer = await orUnavailable(doing, search, role);
  const failed = answer._shards?.failed ?? 0;
  if (answer.timed_out !== true && failed === 0) return answer;
  throw new DestinationUnavailableError(
    `Elasticsearch, ${doing}: ${failed > 0 ? `${failed} shards did not answer` : 'it ran out of time'}; see GET _cluster/health and its log, then try again`,
  );
}

/** An index that is being made, by a first document or a rollover, has no shard to answer for it: for so long, and no longer. */
const YOUNG_TRIES = 20;
const YOUNG_PAUSE_MS = 100;

/**
 * The same; undefined where there is no such index yet, and asked again where one is just being made. One that is closed, or
 * that the role may not see, is an error: to leave it out, as `ignore_unavailable` does, would call it empty.
 */
export async function wholeAnswerIfThere<T extends Answered>(
  doing: string,
  search: () => Promise<T>,
  role?: RoleName,
): Promise<T | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await wholeAnswer(doing, search(), role);
    } catch (error) {
      const { cause } = error as Error;
      if (typeOf(cause) === 'index_not_found_exception') return undefined;
      if (statusOf(cause) !== 503 || tries === YOUNG_TRIES) throw error;
      await pause(YOUNG_PAUSE_MS);
    }
  }
}

/** Runs one request, or several, and turns any failure into a `DestinationUnavailableError`; one that is that already stays. */
export async function orUnavailable<T>(doing: string, request: Promise<T>, role?: RoleName): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw destinationError(doing, error, role);
  }
}

/**
 * For requests that may be sent twice: runs one again where the connection broke under it. The other side may close a
 * connection that was kept alive just as it is used.
 */
export async function repeatOnBrokenConnection<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const { cause } = error as Error;
    if (![error, cause].some((one) => one instanceof errors.ConnectionError)) throw error;
    return request();
  }
}
