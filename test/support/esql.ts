/** What tests of ES|QL share: the engine, indices as shenji maps them, and questions whose failures cannot pass for no rows. */
import { rowsOf } from '../../src/adapters/elasticsearch/esql.ts';
import { settingsOf, dataStreamTemplates, indexMapping } from '../../src/adapters/elasticsearch/templates.ts';
import { streamName } from '../../src/adapters/elasticsearch/names.ts';
import { MissingPrerequisite } from '../../src/dev/embedded/missing-prerequisite.ts';
import type { SourceDefinition } from '../../src/sdk/definition.ts';
import { startEsqlEngine } from './esql/engine.ts';
import { skippedAloud } from './missing-tool.ts';

export type EsqlEngine = { readonly url: string; stop(): Promise<void> };
type Row = Readonly<Record<string, unknown>>;
type Failure = { readonly error?: { readonly reason?: string; readonly caused_by?: { readonly reason?: string } } };

/** Once for a file, whose end stops it. Where something is missing here this says so on stderr, and throws under CI; a node that fails to start throws. */
export async function esqlEngine(): Promise<EsqlEngine | { readonly skipped: string }> {
  try {
    return await startEsqlEngine(process.env, (line) => process.stderr.write(`${line}\n`));
  } catch (error) {
    if (!(error instanceof MissingPrerequisite)) throw error;
    return { skipped: skippedAloud(`nothing was asked in ES|QL: ${error.message.split('\n')[0]}`) };
  }
}

/** The engine, or the end of the test: `skip` is the one of its context. */
export function runningOr(
  skip: (reason: string) => never,
  found: EsqlEngine | { readonly skipped: string },
): EsqlEngine {
  return 'skipped' in found ? skip(found.skipped) : found;
}

async function call(url: string, method: string, body?: string): Promise<unknown> {
  const init = body === undefined ? { method } : { method, body, headers: { 'content-type': 'application/json' } };
  const response = await fetch(url, init);
  const answer = (await response.json()) as Failure;
  if (response.ok) return answer;
  const { reason, caused_by: cause } = answer.error ?? {};
  throw new Error(`${method} ${url}: ${response.status} ${[reason, cause?.reason].filter(Boolean).join(': ')}`);
}

async function modulesOf({ url }: EsqlEngine): Promise<ReadonlySet<string>> {
  const found = await call(`${url}/_nodes/_local?filter_path=nodes.*.modules.name`, 'GET');
  const { nodes } = found as { nodes: Record<string, { modules: readonly { name: string }[] }> };
  return new Set(Object.values(nodes).flatMap(({ modules }) => modules.map(({ name }) => name)));
}

/**
 * An index in the place of each data stream of these sources (and of shenji's own), under its name, with its mapping and
 * settings. Where this server lacks the module of a type the type is what `setup` would take instead.
 */
export async function makeStreams(
  engine: EsqlEngine,
  definitions: readonly SourceDefinition[],
  namespace: string,
): Promise<void> {
  const modules = await modulesOf(engine);
  for (const template of dataStreamTemplates(definitions, '')) {
    const mappings = indexMapping(template, modules, () => undefined);
    const body = JSON.stringify({ mappings, settings: settingsOf(template.stream) });
    await call(`${engine.url}/${streamName(template.stream, namespace)}`, 'PUT', body);
  }
}

/** Stores documents by id, visible at once. @throws Error naming the first that was refused */
export async function store(
  engine: EsqlEngine,
  index: string,
  documents: Readonly<Record<string, Row>>,
): Promise<void> {
  const lines = Object.entries(documents).flatMap(([_id, document]) => [{ create: { _id } }, document]);
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const answer = await call(`${engine.url}/${index}/_bulk?refresh=true`, 'POST', body);
  const { items } = answer as { items: readonly { create: { _id: string; error?: unknown } }[] };
  const refused = items.find(({ create }) => create.error !== undefined)?.create;
  if (refused !== undefined) throw new Error(`${refused._id}: ${JSON.stringify(refused.error)}`);
}

/** `field: (a or b)` as `(field: a or field: b)`, which means the same: 9.5 takes both in `KQL()`, 8.19 only this. */
const withoutLists = (query: string): string =>
  query.replaceAll(/([\w.]+)\s*:\s*\(([^()]*)\)/g, (_, field: string, values: string) => {
    const each = values.replaceAll(/"(?:[^"\\]|\\.)*"|\S+/g, (word) =>
      /^(?:or|and|not)$/i.test(word) ? word : `${field}: ${word}`,
    );
    return `(${each})`;
  });

export type EsqlQuestion = {
  /** Lists of values in its KQL are asked one by one. */
  readonly query: string;
  /** In the query DSL, beside the query, as Kibana sends a rule's time range. */
  readonly filter?: object;
  /** Named: `?name` in the query. */
  readonly params?: Readonly<Record<string, unknown>>;
};

/**
 * The rows by column; a column without a value is null.
 * @throws Error also where only a shard fails, as it does on KQL that it cannot parse: by default that is an answer without rows.
 */
export async function askEsql(engine: EsqlEngine, { query, filter, params = {} }: EsqlQuestion): Promise<Row[]> {
  const named = Object.entries(params).map(([name, value]) => ({ [name]: value }));
  const body = JSON.stringify({ query: withoutLists(query), filter, params: named });
  const answer = await call(`${engine.url}/_query?allow_partial_results=false`, 'POST', body);
  return rowsOf(answer as Parameters<typeof rowsOf>[0]);
}
