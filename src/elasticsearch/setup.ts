/** Installs and checks what `templates.ts` describes. */
import type { SourceDefinition } from '../sources/definition.ts';
import { DestinationUnavailableError } from '../pipeline/errors.ts';
import { orUnavailable, statusOf, type Elasticsearch } from './client.ts';
import { streamName } from './names.ts';
import { requireSupportedVersion } from './version.ts';
import { artifacts, dataStreamTemplates, TEMPLATE_VERSION, type Artifact } from './templates.ts';

export type SetupOptions = {
  readonly client: Elasticsearch;
  readonly definitions: readonly SourceDefinition[];
  readonly namespace: string;
  readonly retention: string;
  /** Only say what would change. */
  readonly dryRun: boolean;
};

export type SetupResult = {
  readonly changes: readonly {
    readonly kind: string;
    readonly name: string;
    readonly change: 'created' | 'updated' | 'unchanged';
  }[];
  /** Fields that got another type than planned, and why. */
  readonly notes: readonly string[];
};

type Meta = { readonly version?: number; readonly content?: string };

async function modulesOf(client: Elasticsearch): Promise<ReadonlySet<string> | undefined> {
  try {
    const info = await client.nodes.info({ filter_path: 'nodes.*.modules.name' });
    const names = Object.values(info.nodes).map((node) => new Set((node.modules ?? []).map((module) => module.name)));
    // A module counts only where every node has it.
    return names.reduce((all, some) => new Set([...all].filter((name) => some.has(name))));
  } catch (error) {
    if (statusOf(error) === 403 || statusOf(error) === 401) return undefined;
    return orUnavailable('asking for its modules', Promise.reject(error as Error));
  }
}

async function installedMeta(client: Elasticsearch, { kind, name }: Artifact): Promise<Meta | undefined> {
  const ignore = { ignore: [404] };
  if (kind === 'component template') {
    const found = await client.cluster.getComponentTemplate({ name }, ignore);
    return found.component_templates?.[0]?.component_template._meta;
  }
  if (kind === 'index template') {
    const found = await client.indices.getIndexTemplate({ name }, ignore);
    return found.index_templates?.[0]?.index_template._meta;
  }
  return (await client.indices.exists({ index: name })) ? {} : undefined;
}

async function install(client: Elasticsearch, { kind, name, body }: Artifact): Promise<void> {
  if (kind === 'component template') await client.cluster.putComponentTemplate({ name, ...body } as never);
  else if (kind === 'index template') await client.indices.putIndexTemplate({ name, ...body });
  else await client.indices.create({ index: name, ...body }, { ignore: [400] });
}

/** New fields reach the stream's present index too; without this they would wait for its rollover. */
async function updateMapping(client: Elasticsearch, artifact: Artifact, index: string): Promise<void> {
  const { mappings } = (artifact.body as { template: { mappings: object } }).template;
  await client.indices.putMapping({ index, ...mappings, write_index_only: true }, { ignore: [404] });
}

/** Idempotent: a second run changes nothing. @throws DestinationUnavailableError */
export async function setup({ client, definitions, namespace, retention, dryRun }: SetupOptions): Promise<SetupResult> {
  const notes: string[] = [];
  const modules = await modulesOf(client);
  const wanted = artifacts(definitions, { namespace, retention, modules, announce: (line) => notes.push(line) });
  const changes: SetupResult['changes'][number][] = [];
  for (const artifact of wanted) {
    const { kind, name } = artifact;
    const doing = `installing ${kind} ${name}`;
    const meta = await orUnavailable(doing, installedMeta(client, artifact));
    const same = kind === 'index' ? meta !== undefined : meta?.content === (artifact.body['_meta'] as Meta).content;
    changes.push({ kind, name, change: same ? 'unchanged' : meta === undefined ? 'created' : 'updated' });
    if (same || dryRun) continue;
    await orUnavailable(doing, install(client, artifact));
    const stream = dataStreamTemplates(definitions, retention).find(
      (template) => name === `shenji-${template.stream.dataset}@mappings-${namespace}`,
    );
    if (meta !== undefined && stream !== undefined)
      await orUnavailable(doing, updateMapping(client, artifact, streamName(stream.stream, namespace)));
  }
  return { changes, notes };
}

/** One line for each index template that is missing or older than this program. @throws DestinationUnavailableError */
export async function templateFaults(
  client: Elasticsearch,
  definitions: readonly SourceDefinition[],
  namespace: string,
): Promise<string[]> {
  const templates = dataStreamTemplates(definitions, '');
  const faults = await Promise.all(
    templates.map(async ({ stream }) => {
      const name = `shenji-${streamName(stream, namespace)}`;
      const found = await orUnavailable(
        'reading its templates',
        client.indices.getIndexTemplate({ name }, { ignore: [404] }),
      );
      const meta = found.index_templates?.[0]?.index_template._meta as Meta | undefined;
      if (meta === undefined) return `the index template ${name} is missing`;
      if ((meta.version ?? 0) < TEMPLATE_VERSION)
        return `the index template ${name} has version ${meta.version ?? 0}, this program needs ${TEMPLATE_VERSION}`;
      return undefined;
    }),
  );
  return faults.filter((fault) => fault !== undefined);
}

/** @throws DestinationUnavailableError naming the remedy where templates are missing or outdated (without them documents would be mapped by guess), or Elasticsearch is too old for them */
export async function requireTemplates(
  client: Elasticsearch,
  definitions: readonly SourceDefinition[],
  namespace: string,
): Promise<void> {
  const faults = await templateFaults(client, definitions, namespace);
  if (faults.length === 0) return;
  await requireSupportedVersion(client);
  throw new DestinationUnavailableError(`Elasticsearch is not set up: ${faults.join('; ')}; run "shenji setup"`);
}
