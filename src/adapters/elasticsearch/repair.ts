/** Takes the younger copies of a document away that a rollover let through (law 3). The one place in shenji that deletes. */
import { orUnavailable, wholeAnswerIfThere, type Elasticsearch } from './client.ts';
import type { Copy } from './copies.ts';
import { duplicatesOf, type DuplicatesOptions } from './duplicates.ts';

export type RepairOptions = Omit<DuplicatesOptions, 'role'> & {
  /** Only counts. */
  readonly dryRun?: boolean;
};

export type Repaired = {
  /** Documents that lay in more than one index. */
  readonly found: number;
  /** Copies that were deleted. */
  readonly deleted: number;
  /** Documents that lie in more than one index yet, and why. */
  readonly left: number;
  readonly why?: string;
};

type Answer = { readonly status: number; readonly error?: { readonly type?: string } };

const REMEDIES: Readonly<Record<string, string>> = {
  security_exception: 'grant deploy/elasticsearch/repair.json, to elasticsearch.repair alone',
  cluster_block_exception: 'lift the block',
  version_conflict_engine_exception: 'it was changed meanwhile, look again',
};

const refusalText = ({ index }: Copy, { status, error: { type = '' } = {} }: Answer): string =>
  `Elasticsearch, deleting a copy from ${index}: ${status} ${type}; ${REMEDIES[type] ?? 'see its log, then look again'}`;

/** What became of each copy, by position. Each delete names the version that it means. */
async function deleteAll(client: Elasticsearch, copies: readonly Copy[], signal: AbortSignal): Promise<Answer[]> {
  const operations = copies.map(({ id, index, seqNo, primaryTerm }) => ({
    delete: { _index: index, _id: id, if_seq_no: seqNo, if_primary_term: primaryTerm },
  }));
  const { items } = await orUnavailable('deleting copies', client.bulk({ operations }, { signal }), 'repair');
  return items.map(({ delete: answer }) => (answer as Answer | undefined) ?? { status: 0 });
}

/** `why`: of the first that was left. */
async function takeAway(
  duplicates: readonly (readonly Copy[])[],
  client: Elasticsearch,
  signal: AbortSignal,
): Promise<Omit<Repaired, 'found'>> {
  const younger = duplicates.flatMap((copies) => copies.slice(1));
  const answers = await deleteAll(client, younger, signal);
  const deleted = answers.filter(({ status }) => status === 200).length;
  // Gone is gone, whoever deleted it.
  const refused = younger.flatMap((copy, at) => {
    const answer = answers[at] ?? { status: 0 };
    return answer.status === 200 || answer.status === 404 ? [] : [{ copy, answer }];
  });
  const [first] = refused;
  const why = first === undefined ? {} : { why: refusalText(first.copy, first.answer) };
  return { deleted, left: new Set(refused.map(({ copy }) => copy.id)).size, ...why };
}

/**
 * Looks through a data stream and keeps, of each document, the copy of the oldest backing index. Several may repair at once.
 * @throws DestinationUnavailableError where it could not look, or Elasticsearch is away; the signal's reason when aborted.
 */
export async function repair(stream: string, { dryRun = false, ...options }: RepairOptions): Promise<Repaired> {
  const { client, signal } = options;
  // What was written a moment ago counts too. Who may not ask for it sees it a little later.
  const refreshing = () => client.indices.refresh({ index: stream }, { ignore: [403] });
  await wholeAnswerIfThere('refreshing', refreshing, 'repair');
  let [found, deleted, left] = [0, 0, 0];
  let why: string | undefined;
  for await (const duplicates of duplicatesOf(stream, { ...options, role: 'repair' })) {
    found += duplicates.length;
    const taken = dryRun ? { deleted: 0, left: duplicates.length } : await takeAway(duplicates, client, signal);
    deleted += taken.deleted;
    left += taken.left;
    why ??= 'why' in taken ? taken.why : undefined;
  }
  return { found, deleted, left, ...(why === undefined ? {} : { why }) };
}
