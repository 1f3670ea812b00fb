/** Dead letters through today's mapping: the use case behind `shenji replay`. */
import { wholeAnswerIfThere } from '../adapters/elasticsearch/client.ts';
import { createDeadLetters } from '../adapters/elasticsearch/dead-letters.ts';
import { streamName } from '../adapters/elasticsearch/names.ts';
import { requireTemplates } from '../adapters/elasticsearch/setup.ts';
import type { StoredLetter } from '../core/documents/dead-letter.ts';
import { preparer, type Prepared } from '../core/documents/prepare.ts';
import type { DatedId } from '../core/proof/evidence.ts';
import { parseJson } from '../sdk/json.ts';
import { REPLAY_PASS } from '../sdk/pass.ts';
import { dataStreamOf, documentWriters, preparationOf } from './preparation.ts';
import { sourceKey, usedDefinitions, type Runtime } from './runtime.ts';

/** Letters by what became, or would become, of them; `reasons` counts why some stay. */
export type ReplayOutcome = {
  letters: number;
  created: number;
  duplicates: number;
  stillDead: number;
  /** Refused by Elasticsearch: only writing them tells whether it still does. Of a dry run alone. */
  untried: number;
  reasons: Record<string, number>;
};

const noteReason = ({ reasons }: ReplayOutcome, reason: string): void =>
  void (reasons[reason] = (reasons[reason] ?? 0) + 1);

type Prepare = (raw: unknown) => Prepared;
/** What became of a letter, or would. */
type Became = 'created' | 'duplicate' | 'untried' | { readonly reason: string };

/** One for each source of a tenant, by `tenant/source`. */
function preparersOf(runtime: Runtime): ReadonlyMap<string, Prepare> {
  return new Map(
    runtime.sources.map((source) => {
      const { tenant, definition } = source;
      const stream = { tenant: tenant.id, source: definition.name, pass: REPLAY_PASS } as const;
      return [sourceKey(source), preparer(preparationOf(runtime, source, stream))];
    }),
  );
}

async function replayOne(
  preparers: ReadonlyMap<string, Prepare>,
  letter: StoredLetter,
  write: (document: DatedId, line: string) => Promise<Became>,
): Promise<Became> {
  const name = `${letter.tenant}/${letter.source}`;
  const prepare = preparers.get(name);
  if (prepare === undefined) return { reason: `${name} is not configured` };
  const raw = parseJson(letter.original);
  if (raw === undefined) return { reason: 'what was kept of the record is not JSON' };
  const prepared = prepare(raw);
  if (prepared.kind === 'unmappable') return { reason: prepared.reason };
  // Under another id it would be there twice once its window is read again.
  if (letter.document !== undefined && letter.document.id !== prepared.id)
    return { reason: 'what was kept of the record after redaction makes another id; read its window again (backfill)' };
  return write(prepared, prepared.line);
}

/** Without writing anything. */
async function wouldBecome(runtime: Runtime, letter: StoredLetter, id: string): Promise<Became> {
  const { elasticsearch, config, sources } = runtime;
  const source = sources.find(({ definition }) => definition.name === letter.source);
  if (source === undefined) return { reason: `${letter.tenant}/${letter.source} is not configured` };
  const index = streamName(dataStreamOf(runtime, source), config.namespace);
  const asked = () => elasticsearch.search({ index, size: 1, _source: false, query: { ids: { values: [id] } } });
  const found = await wholeAnswerIfThere('looking for its document', asked);
  if ((found?.hits.hits.length ?? 0) > 0) return 'duplicate';
  return letter.type === 'document' ? 'untried' : 'created';
}

/**
 * Sends open dead letters through today's mapping and the same writer. `onProgress` hears after each.
 * @throws DestinationUnavailableError
 */
export async function replay(
  runtime: Runtime,
  { source, dryRun = false }: { readonly source?: string | undefined; readonly dryRun?: boolean | undefined },
  onProgress: (outcome: ReplayOutcome, total: number) => void,
): Promise<ReplayOutcome> {
  const { elasticsearch, config } = runtime;
  const { signal } = new AbortController();
  await requireTemplates(elasticsearch, usedDefinitions(runtime), config.namespace);
  const letters = createDeadLetters(elasticsearch, config.namespace);
  const writers = documentWriters(runtime);
  const preparers = preparersOf(runtime);
  const outcome: ReplayOutcome = { letters: 0, created: 0, duplicates: 0, stillDead: 0, untried: 0, reasons: {} };
  const filter = source === undefined ? {} : { source };
  const total = await letters.count(filter);
  for await (const letter of letters.open(filter)) {
    outcome.letters += 1;
    const became = await replayOne(preparers, letter, async ({ id, time }, document) => {
      if (dryRun) return wouldBecome(runtime, letter, id);
      const written = await writers.get(letter.source)?.write([{ id, document, earliest: time, time }], signal);
      const [first] = written?.outcomes ?? [];
      if (first === undefined || first.kind === 'rejected')
        return { reason: first?.reason ?? 'there is no writer for it' };
      // Marked only now: a replay that stops in between is replayed again, and finds its document there already.
      await letters.markReplayed(letter, { id, time }, signal);
      return first.kind;
    });
    if (became === 'created') outcome.created += 1;
    else if (became === 'duplicate') outcome.duplicates += 1;
    else if (became === 'untried') {
      outcome.untried += 1;
      noteReason(outcome, `Elasticsearch refused it, and only a replay shows whether it still does: ${letter.reason}`);
    } else {
      outcome.stillDead += 1;
      noteReason(outcome, became.reason);
    }
    onProgress(outcome, Math.max(total, outcome.letters));
  }
  return outcome;
}
