/** What is installed into Elasticsearch: component and index templates, lifecycle, and the checkpoints' index. */
import { createHash } from 'node:crypto';
import { ecsFields } from '../../core/documents/ecs.ts';
import type { FieldMapping, SourceDefinition } from '../../sdk/definition.ts';
import { checkpointsIndex, DEAD_LETTERS, LEDGER, streamName, type DataStream } from './names.ts';

/**
 * Raised by hand whenever a template changes in a way that workers rely on; workers refuse to start on an older one.
 */
export const TEMPLATE_VERSION = 4;
/** Above Elastic's own `logs-*-*` and `metrics-*-*` templates, which have 100 to 200. */
const PRIORITY = 500;

/** The proof outlives the data: a hundred years. Without a value a cluster's default would hold. */
const LEDGER_RETENTION = '36500d';

/** Every window waits for its entry to be visible to searches: a second each would be most of a short window's time. */
const LEDGER_REFRESH = '200ms';

type FieldType = { readonly type: string; readonly [option: string]: unknown };
type Mapping = Record<string, FieldType>;

export type DataStreamTemplate = {
  readonly stream: DataStream;
  readonly ecsFields: readonly string[];
  readonly fields: Readonly<Record<string, FieldMapping>>;
  readonly retention: string;
};

/** As an index takes it: our fields by dotted name, beside what holds for all of it. */
export type IndexMapping = { readonly properties: Mapping; readonly [option: string]: unknown };
export type Settings = Readonly<Record<string, string | number>>;

/** One thing to install: its kind and name, and the body to send. */
export type Artifact = {
  readonly kind: 'component template' | 'index template' | 'index';
  readonly name: string;
  readonly body: Record<string, unknown>;
};

/** The nearest core type, for a server without the module that has the better one. */
const SUBSTITUTES: Readonly<Record<string, { readonly module: string; readonly type: string }>> = {
  wildcard: { module: 'wildcard', type: 'keyword' },
  constant_keyword: { module: 'constant-keyword', type: 'keyword' },
  match_only_text: { module: 'mapper-extras', type: 'text' },
  version: { module: 'mapper-version', type: 'keyword' },
  scaled_float: { module: 'mapper-extras', type: 'double' },
};

const SETTINGS: Settings = {
  // A malformed value must be refused, not silently ignored as logsdb would: the dead letters depend on it.
  'index.mode': 'standard',
  'index.codec': 'best_compression',
  'index.refresh_interval': '1s',
  'index.mapping.total_fields.limit': 2_000,
};
/** What one data stream has instead. */
const ownSettings = (stream: DataStream): Settings =>
  stream === LEDGER ? { 'index.refresh_interval': LEDGER_REFRESH } : {};

/** What the indices of a data stream are made with. */
export const settingsOf = (stream: DataStream): Settings => ({ ...SETTINGS, ...ownSettings(stream) });

/** Where the server does not say which modules it has, all that matter are taken to be there. */
export const ALL_MODULES: ReadonlySet<string> = new Set(Object.values(SUBSTITUTES).map(({ module }) => module));

const COMMON_ECS = [
  '@timestamp', 'ecs.version', 'data_stream.type', 'data_stream.dataset', 'data_stream.namespace', 'event.kind',
  'event.module', 'event.dataset', 'event.category', 'event.type', 'event.outcome', 'event.created', 'event.ingested',
  'event.original', 'observer.vendor', 'observer.product', 'organization.id', 'organization.name',
]; // prettier-ignore

const COMMON_FIELDS: Readonly<Record<string, FieldMapping>> = {
  'shenji.pass': { type: 'keyword', description: 'Why the record was read: live, settle or backfill' },
  'shenji.stream': { type: 'keyword', description: 'The stream that read it: tenant/source/pass' },
  'shenji.shortened': {
    type: 'keyword',
    description: 'Fields whose value was too long for them and was cut; event.original holds all of it',
  },
};

const keyword = (description: string): FieldMapping => ({ type: 'keyword', ignore_above: 1024, description });
const count = (description: string): FieldMapping => ({ type: 'long', description });
const date = (description: string): FieldMapping => ({ type: 'date', description });

const WINDOW_FIELDS: Readonly<Record<string, FieldMapping>> = {
  'shenji.window.stream': keyword('The stream: tenant/source/pass'),
  'shenji.window.tenant': keyword('The tenant'),
  'shenji.window.source': keyword('The source'),
  'shenji.window.pass': keyword('Why the window was read'),
  'shenji.window.from': date('First instant of the window'),
  'shenji.window.to': date('First instant after the window'),
};

const LETTER_FIELDS: Readonly<Record<string, FieldMapping>> = {
  'shenji.reason': keyword('Why no document could be made of the record; as error.message, but countable'),
  'shenji.document.id': keyword('The document that the record would be, or became'),
  'shenji.document.time': date('When it happened'),
  'shenji.replayed.letter': keyword('The letter that became a document, by id'),
};

const LEDGER_FIELDS: Readonly<Record<string, FieldMapping>> = {
  ...WINDOW_FIELDS,
  'shenji.window.run': keyword('Tells runs of one window apart'),
  'shenji.window.status': keyword(
    'done, failed, accepted (a gap closed without its data), opened (a stream), suspended (a failure from which on nothing of its source is collected) or resumed',
  ),
  'shenji.window.reason': keyword('Why a gap was accepted'),
  'shenji.window.by': keyword('Who accepted it'),
  'shenji.window.requested_by': keyword('Who asked for a backfill'),
  'shenji.window.formers.pass': keyword('The pass whose work a settle pass goes on with'),
  'shenji.window.formers.until': date('Until where that work counts for it'),
  'shenji.window.attempts': count('Attempts of this run'),
  'shenji.window.pages': count('Pages read'),
  'shenji.window.fetched': count('Records read, repeated ones counted each time'),
  'shenji.window.events': count('Distinct documents inside the window'),
  'shenji.window.created': count('Documents created'),
  'shenji.window.duplicates': count('Documents that were there already'),
  'shenji.window.rejected': count('Records that went to the dead letters'),
  'shenji.window.lookups': count('Ids looked up in older indices because of a rollover nearby'),
  'shenji.window.cross_index_duplicates': count(
    'Copies in younger backing indices, after a rollover, that the run came across',
  ),
  'shenji.window.minutes': {
    type: 'keyword',
    index: false,
    doc_values: false,
    description:
      'What the run claims, one text for each minute with events: `+3 118 <sum>` for the fourth minute, with the number of distinct ids and their sum, then those created: none, `=` for all, or number and sum. `<` and `>` stand before what was created outside the window, `*` before a window that cannot be cut',
  },
  'shenji.window.elsewhere': date('Minutes away from the window in which something was created'),
  'shenji.window.read_from': date("The vendor's clock at the first page, less the time until its answer"),
  'shenji.window.read_until': date("The vendor's clock at the last page"),
  'shenji.window.question': {
    type: 'keyword',
    ignore_above: 8_000,
    description: 'What narrowed the reading: fields and their values, as JSON; {} for everything',
  },
  'shenji.window.asker.app': keyword('The app that asked the vendor'),
  'shenji.window.asker.url': keyword('The address that it asked'),
  'shenji.window.lag': count('How long after its end the window was done, in milliseconds'),
  'shenji.window.late': count(
    'Events that only a settle pass found: published after the live pass had read their time',
  ),
  'shenji.window.lateness': count('How long after its time the latest of them was found, in milliseconds'),
  'shenji.window.error.type': keyword('The kind of error'),
  'shenji.window.error.message': keyword('What happened and what to do'),
  'shenji.window.error.retryable': { type: 'boolean', description: 'False where trying again cannot help' },
  'shenji.window.error.details': {
    type: 'flattened',
    description: 'Vendor, API, HTTP status, vendor code, request id',
  },
};

export const LEDGER_TEMPLATE: DataStreamTemplate = {
  stream: LEDGER,
  ecsFields: ['event.action', 'event.start', 'event.end', 'event.duration', 'error.type', 'error.message'],
  fields: LEDGER_FIELDS,
  retention: LEDGER_RETENTION,
};

const CHECKPOINT_MAPPING: Mapping = {
  stream: { type: 'keyword' }, tenant: { type: 'keyword' }, source: { type: 'keyword' }, pass: { type: 'keyword' },
  origin: { type: 'date' }, end: { type: 'date' }, requested_by: { type: 'keyword' }, watermark: { type: 'date' },
  complete: { type: 'boolean' }, ended: { type: 'date' }, updated: { type: 'date' },
  made_from: { type: 'keyword', index: false, doc_values: false },
  done: { type: 'object', enabled: false }, formers: { type: 'object', enabled: false },
}; // prettier-ignore

export const CHECKPOINTS: IndexMapping = {
  dynamic: false,
  _meta: { version: TEMPLATE_VERSION },
  properties: CHECKPOINT_MAPPING,
};

function ecsMapping(name: string): FieldType {
  const field = ecsFields()[name];
  if (field === undefined) throw new TypeError(`${name} is no field of ECS`);
  const { type, ignore_above: ignoreAbove, index, doc_values: docValues } = field;
  if (index === false) return { type, index: false, doc_values: docValues ?? false };
  return { type, ...(ignoreAbove === undefined ? {} : { ignore_above: ignoreAbove }) };
}

function ownMapping({ description: _, ...mapping }: FieldMapping): FieldType {
  return mapping;
}

/** Every field of a data stream with its type, as ECS and our own list have it. */
export function mappingOf(template: DataStreamTemplate): Mapping {
  const ecs = [...COMMON_ECS, ...template.ecsFields].map((name): [string, FieldType] => [name, ecsMapping(name)]);
  const own = Object.entries({ ...COMMON_FIELDS, ...template.fields }).map(([name, field]): [string, FieldType] => [
    name,
    ownMapping(field),
  ]);
  return Object.fromEntries([...ecs, ...own]);
}

/** Every field with its type, in order; our own with their description. */
export function describedFields(
  template: DataStreamTemplate,
): { name: string; type: string; description: string | undefined }[] {
  const own: Readonly<Record<string, FieldMapping | undefined>> = { ...COMMON_FIELDS, ...template.fields };
  return Object.entries(mappingOf(template))
    .map(([name, { type }]) => ({ name, type, description: own[name]?.description }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function dataStreamTemplates(definitions: readonly SourceDefinition[], retention: string): DataStreamTemplate[] {
  const sources = definitions.map(({ name, dataStream }) => ({
    stream: { type: dataStream.type, dataset: name },
    ecsFields: dataStream.ecsFields,
    fields: dataStream.fields,
    retention,
  }));
  const deadLetters = {
    stream: DEAD_LETTERS,
    ecsFields: ['event.action', 'error.type', 'error.message'],
    fields: { ...WINDOW_FIELDS, ...LETTER_FIELDS },
    retention,
  };
  return [...sources, deadLetters, LEDGER_TEMPLATE];
}

/** Stamps version and content, by which workers and the next setup know what is installed. */
function stamped(body: Record<string, unknown>): Record<string, unknown> {
  const content = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16);
  return { ...body, _meta: { managed_by: 'shenji', version: TEMPLATE_VERSION, content } };
}

function substituted(mapping: Mapping, modules: ReadonlySet<string>, announce: (line: string) => void): Mapping {
  const entries = Object.entries(mapping).map(([name, field]): [string, FieldType] => {
    const substitute = SUBSTITUTES[field?.type ?? ''];
    if (field === undefined || substitute === undefined || modules.has(substitute.module)) return [name, field];
    announce(
      `${name}: ${substitute.type} instead of ${field.type}, for which this server lacks the module ${substitute.module}`,
    );
    return [name, { ...field, type: substitute.type }];
  });
  return Object.fromEntries(entries);
}

/** What the indices of a data stream map; `announce` is told of every field that gets another type than planned. */
export function indexMapping(
  template: DataStreamTemplate,
  modules: ReadonlySet<string>,
  announce: (line: string) => void,
): IndexMapping {
  const properties = substituted(mappingOf(template), modules, announce);
  return { dynamic: false, date_detection: false, _meta: { version: TEMPLATE_VERSION }, properties };
}

export type ArtifactOptions = {
  readonly namespace: string;
  readonly retention: string;
  /** The server's modules. */
  readonly modules: ReadonlySet<string>;
  /** Told of every field that gets another type than planned. */
  readonly announce: (line: string) => void;
};

/** Everything to install, in the order in which it must be. */
export function artifacts(definitions: readonly SourceDefinition[], options: ArtifactOptions): Artifact[] {
  const { namespace, modules, announce } = options;
  const settings: Artifact = {
    kind: 'component template',
    name: `shenji@settings-${namespace}`,
    body: stamped({ template: { settings: SETTINGS } }),
  };
  const streams = dataStreamTemplates(definitions, options.retention).flatMap((template): Artifact[] => {
    const { stream, retention } = template;
    const name = streamName(stream, namespace);
    const mappings: Artifact = {
      kind: 'component template',
      name: `shenji-${stream.dataset}@mappings-${namespace}`,
      body: stamped({ template: { mappings: indexMapping(template, modules, announce) } }),
    };
    const index: Artifact = {
      kind: 'index template',
      name: `shenji-${name}`,
      body: stamped({
        index_patterns: [name],
        data_stream: {},
        priority: PRIORITY,
        composed_of: [settings.name, mappings.name],
        template: {
          ...(Object.keys(ownSettings(stream)).length === 0 ? {} : { settings: ownSettings(stream) }),
          lifecycle: { enabled: true, data_retention: retention },
          data_stream_options: { failure_store: { enabled: false } },
        },
      }),
    };
    return [mappings, index];
  });
  const checkpoints: Artifact = {
    kind: 'index',
    name: checkpointsIndex(namespace),
    body: { mappings: CHECKPOINTS },
  };
  return [settings, ...streams, checkpoints];
}
