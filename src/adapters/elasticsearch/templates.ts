/** What is installed into Elasticsearch: component and index templates, lifecycle, and the checkpoints' index. */
import { createHash } from 'node:crypto';
import { ecsFields } from '../../core/documents/ecs.ts';
import type { FieldMapping, SourceDefinition } from '../../sdk/definition.ts';
import {
  CHECKPOINT_FIELDS,
  COMMON_ECS,
  COMMON_FIELDS,
  COMPLETENESS_FIELDS,
  LEDGER_FIELDS,
  LETTER_FIELDS,
  WINDOW_FIELDS,
} from './own-fields.ts';
import { checkpointsIndex, COMPLETENESS, DEAD_LETTERS, LEDGER, streamName, type DataStream } from './names.ts';

/**
 * Raised by hand whenever a template changes in a way that workers rely on; workers refuse to start on an older one.
 */
export const TEMPLATE_VERSION = 5;
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

export const LEDGER_TEMPLATE: DataStreamTemplate = {
  stream: LEDGER,
  ecsFields: ['event.action', 'event.start', 'event.end', 'event.duration', 'error.type', 'error.message'],
  fields: LEDGER_FIELDS,
  retention: LEDGER_RETENTION,
};

export const CHECKPOINTS: IndexMapping = {
  dynamic: false,
  _meta: { version: TEMPLATE_VERSION },
  properties: CHECKPOINT_FIELDS,
};

function ecsMapping(name: string, dataset: string): FieldType {
  const field = ecsFields()[name];
  if (field === undefined)
    throw new TypeError(`${dataset}: ${name} is no field of ECS; a field of its own stands in dataStream.fields`);
  const { type, ignore_above: ignoreAbove, index, doc_values: docValues } = field;
  if (index === false) return { type, index: false, doc_values: docValues ?? false };
  return { type, ...(ignoreAbove === undefined ? {} : { ignore_above: ignoreAbove }) };
}

function ownMapping({ description: _, ...mapping }: FieldMapping): FieldType {
  return mapping;
}

/** Every field of a data stream with its type, as ECS and our own list have it. */
export function mappingOf(template: DataStreamTemplate): Mapping {
  const ecs = [...COMMON_ECS, ...template.ecsFields].map((name): [string, FieldType] => [
    name,
    ecsMapping(name, template.stream.dataset),
  ]);
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
  const completeness = { stream: COMPLETENESS, ecsFields: ['event.action'], fields: COMPLETENESS_FIELDS, retention };
  return [...sources, deadLetters, LEDGER_TEMPLATE, completeness];
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
