/** What is installed beside what should be: one piece for each thing that can differ, and how each is put right. */
import { backingNames } from './backing-indices.ts';
import type { Elasticsearch } from './client.ts';
import { lifecycleOf, sameRetention, setRetention } from './lifecycle.ts';
import { streamName } from './names.ts';
import type { Artifact, DataStreamTemplate, IndexMapping, Settings } from './templates.ts';

/** `pending`: only an index that is made anew can have it, so it comes with the next rollover. */
export type Difference = 'missing' | 'different' | 'none' | 'pending';

/** One thing that setup looks after. `detail` says what differs, for people. */
export type Piece = {
  readonly kind: string;
  readonly name: string;
  readonly difference: Difference;
  readonly detail?: string;
  readonly apply: () => Promise<void>;
};

/** Values by dotted path, as text: Elasticsearch gives `{"index":{"mode":"standard"}}` for `"index.mode"`, and `"2000"` for 2000. */
function flat(value: unknown, at = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[at, value]]);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[at, JSON.stringify(value)]]);
  const below = Object.entries(value).filter(([, child]) => child !== undefined);
  return new Map(below.flatMap(([key, child]) => [...flat(child, at === '' ? key : `${at}.${key}`)]));
}

/** Whether all that is wanted is there. What else is there counts not: Elasticsearch adds dates and defaults. */
export function covers(installed: unknown, wanted: unknown): boolean {
  const found = flat(installed);
  return [...flat(wanted)].every(([path, value]) => found.get(path) === value);
}

/** The fields of an index by dotted name; there each object is a level of its own. */
function fieldsOf(mapping: unknown, prefix = ''): Map<string, unknown> {
  const { properties = {} } = (mapping ?? {}) as { properties?: Readonly<Record<string, object>> };
  return new Map(
    Object.entries(properties).flatMap(([name, field]) => {
      const below = fieldsOf(field, `${prefix}${name}.`);
      return 'type' in field ? [[`${prefix}${name}`, field] as const, ...below] : [...below];
    }),
  );
}

async function installedTemplate(client: Elasticsearch, { kind, name }: Artifact): Promise<unknown> {
  const ignore = { ignore: [404] };
  if (kind === 'component template')
    return (await client.cluster.getComponentTemplate({ name }, ignore)).component_templates?.[0]?.component_template;
  return (await client.indices.getIndexTemplate({ name }, ignore)).index_templates?.[0]?.index_template;
}

export async function templatePiece(client: Elasticsearch, artifact: Artifact): Promise<Piece> {
  const { kind, name, body } = artifact;
  const installed = await installedTemplate(client, artifact);
  const put = async (): Promise<unknown> =>
    kind === 'component template'
      ? client.cluster.putComponentTemplate({ name, ...body } as never)
      : client.indices.putIndexTemplate({ name, ...body });
  const difference = installed === undefined ? 'missing' : covers(installed, body) ? 'none' : 'different';
  return { kind, name, difference, apply: async () => void (await put()) };
}

/** An index of our own, made where it is missing; what it maps is a piece of its own. */
export async function indexPiece(client: Elasticsearch, { kind, name, body }: Artifact): Promise<Piece> {
  const difference = (await client.indices.exists({ index: name })) ? 'none' : 'missing';
  const create = async (): Promise<void> =>
    void (await client.indices.create({ index: name, ...body }, { ignore: [400] }));
  return { kind, name, difference, apply: create };
}

/** New fields reach an index that is there; one that is there with other options keeps them as long as its index lives. */
export async function mappingPiece(
  client: Elasticsearch,
  name: string,
  index: string,
  wanted: IndexMapping,
): Promise<Piece> {
  const { [index]: found } = await client.indices.getMapping({ index }, { ignore: [404] });
  const fields = fieldsOf(found?.mappings);
  const { properties, ...rest } = wanted;
  const entries = Object.entries(properties);
  const absent = entries.filter(([field]) => !fields.has(field));
  const other = entries.filter(([field, options]) => fields.has(field) && !covers(fields.get(field), options));
  const isDifferent = absent.length > 0 || !covers(found?.mappings, rest);
  const put = { index, ...rest, properties: Object.fromEntries(absent) };
  return {
    kind: 'mapping',
    name,
    difference: found === undefined ? 'none' : isDifferent ? 'different' : other.length > 0 ? 'pending' : 'none',
    detail: [...absent, ...other].map(([field]) => field).join(', '),
    apply: async () => void (await client.indices.putMapping(put as never)),
  };
}

/** Those of our settings that an index takes while it is open. */
const DYNAMIC = new Set(['index.refresh_interval', 'index.mapping.total_fields.limit']);

async function settingsPiece(client: Elasticsearch, name: string, index: string, wanted: Settings): Promise<Piece> {
  const { [index]: found } = await client.indices.getSettings({ index, flat_settings: true }, { ignore: [404] });
  const lacking = Object.entries(wanted).filter(([key, value]) => !covers(found?.settings, { [key]: value }));
  const dynamic = lacking.filter(([key]) => DYNAMIC.has(key));
  const difference = dynamic.length > 0 ? 'different' : lacking.length > 0 ? 'pending' : 'none';
  return {
    kind: 'settings',
    name,
    difference: found === undefined ? 'none' : difference,
    detail: lacking.map(([key, value]) => `${key}: ${value}`).join(', '),
    apply: async () => void (await client.indices.putSettings({ index, settings: Object.fromEntries(dynamic) })),
  };
}

async function lifecyclePiece(client: Elasticsearch, name: string, retention: string): Promise<Piece | 'unsupported'> {
  const installed = await lifecycleOf(client, name);
  if (installed === 'unsupported') return installed;
  const isSame = installed === 'absent' || (installed.enabled && sameRetention(installed.retention, retention));
  const before = installed === 'absent' ? '' : installed.enabled ? (installed.retention ?? 'for ever') : 'off';
  return {
    kind: 'lifecycle',
    name,
    difference: isSame ? 'none' : 'different',
    detail: `${before} → ${retention}`,
    apply: () => setRetention(client, name, retention),
  };
}

/** What a data stream that is there keeps of the templates it was made from; nothing for one that is not there yet. */
export async function streamPieces(
  client: Elasticsearch,
  template: DataStreamTemplate,
  wanted: { readonly namespace: string; readonly mapping: IndexMapping; readonly settings: Settings },
): Promise<{ readonly pieces: readonly Piece[]; readonly hasLifecycle: boolean }> {
  const name = streamName(template.stream, wanted.namespace);
  const writeIndex = (await backingNames(client, name, 'setup')).at(-1);
  if (writeIndex === undefined) return { pieces: [], hasLifecycle: true };
  const [mapping, settings, lifecycle] = await Promise.all([
    mappingPiece(client, name, writeIndex, wanted.mapping),
    settingsPiece(client, name, writeIndex, wanted.settings),
    lifecyclePiece(client, name, template.retention),
  ]);
  if (lifecycle === 'unsupported') return { pieces: [mapping, settings], hasLifecycle: false };
  return { pieces: [mapping, settings, lifecycle], hasLifecycle: true };
}
