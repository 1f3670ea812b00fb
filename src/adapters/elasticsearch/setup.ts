/** Installs and checks what `templates.ts` describes. */
import type { SourceDefinition } from '../../sdk/definition.ts';
import { DestinationUnavailableError } from '../../sdk/errors.ts';
import { orUnavailable, repeatOnBrokenConnection, statusOf, type Elasticsearch } from './client.ts';
import { indexPiece, mappingPiece, streamPieces, templatePiece, type Piece } from './converge.ts';
import { checkpointsIndex, streamName } from './names.ts';
import {
  ALL_MODULES,
  artifacts,
  CHECKPOINTS,
  dataStreamTemplates,
  indexMapping,
  settingsOf,
  TEMPLATE_VERSION,
  type DataStreamTemplate,
} from './templates.ts';
import { requireSupportedVersion } from './version.ts';

export type SetupOptions = {
  readonly client: Elasticsearch;
  readonly definitions: readonly SourceDefinition[];
  readonly namespace: string;
  readonly retention: string;
  /** Only say what would change. */
  readonly dryRun: boolean;
};

export type Change = {
  readonly kind: string;
  readonly name: string;
  /** `pending`: an index that is there cannot have it; the next one, after a rollover, does. */
  readonly change: 'created' | 'updated' | 'unchanged' | 'pending';
  /** What differs. */
  readonly detail?: string;
};

export type SetupResult = {
  readonly changes: readonly Change[];
  /** What this server lacks, and what is done instead. */
  readonly notes: readonly string[];
};

type Meta = { readonly version?: number };

async function modulesOf(client: Elasticsearch): Promise<ReadonlySet<string> | undefined> {
  try {
    const info = await client.nodes.info({ filter_path: 'nodes.*.modules.name' });
    const names = Object.values(info.nodes).map((node) => new Set((node.modules ?? []).map((module) => module.name)));
    // A module counts only where every node has it.
    return names.reduce((all, some) => new Set([...all].filter((name) => some.has(name))));
  } catch (error) {
    if (statusOf(error) === 403 || statusOf(error) === 401) return undefined;
    return orUnavailable('asking for its modules', Promise.reject(error as Error), 'setup');
  }
}

/** Every piece, in the order in which they must be put right: a data stream after what it would be made from. */
async function piecesOf(
  { client, definitions, namespace, retention }: SetupOptions,
  note: (line: string) => void,
): Promise<readonly (() => Promise<readonly Piece[]>)[]> {
  const modules = (await modulesOf(client)) ?? ALL_MODULES;
  const wanted = artifacts(definitions, { namespace, retention, modules, announce: note });
  const checkpoints = checkpointsIndex(namespace);
  let saidLifecycle = false;
  async function ofStream(template: DataStreamTemplate): Promise<readonly Piece[]> {
    const mapping = indexMapping(template, modules, () => undefined);
    const found = await streamPieces(client, template, { namespace, mapping, settings: settingsOf(template.stream) });
    if (!found.hasLifecycle && !saidLifecycle)
      note(
        'this server has no data stream lifecycle: retention is in the templates, but nothing deletes old documents',
      );
    saidLifecycle ||= !found.hasLifecycle;
    return found.pieces;
  }
  return [
    ...wanted.map((artifact) => async () => [
      await (artifact.kind === 'index' ? indexPiece : templatePiece)(client, artifact),
    ]),
    async () => [await mappingPiece(client, checkpoints, checkpoints, CHECKPOINTS)],
    ...dataStreamTemplates(definitions, retention).map((template) => () => ofStream(template)),
  ];
}

const CHANGES = { missing: 'created', different: 'updated', none: 'unchanged', pending: 'pending' } as const;

/**
 * Compares everything that is installed with what should be, and puts right what differs: so a run that stopped half-way
 * is completed by the next, and a second run changes nothing. @throws DestinationUnavailableError
 */
export async function setup(options: SetupOptions): Promise<SetupResult> {
  const notes: string[] = [];
  const changes: Change[] = [];
  for (const readPieces of await piecesOf(options, (line) => notes.push(line))) {
    const pieces = await orUnavailable('reading what is installed', repeatOnBrokenConnection(readPieces), 'setup');
    for (const { kind, name, difference, detail = '', apply } of pieces) {
      const isChange = difference === 'missing' || difference === 'different';
      if (isChange && !options.dryRun)
        await orUnavailable(`installing ${kind} ${name}`, repeatOnBrokenConnection(apply), 'setup');
      changes.push({
        kind,
        name,
        change: CHANGES[difference],
        ...(difference === 'none' || detail === '' ? {} : { detail }),
      });
    }
  }
  // Several templates lack the same.
  return { changes, notes: [...new Set(notes)] };
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

/** @throws DestinationUnavailableError naming the remedy where templates are missing or outdated (without them documents would be mapped dynamically), or Elasticsearch is too old for them */
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
