/** Takes the younger copies of a document away that a rollover let through (law 3). The one place in shenji that deletes. */
import { orUnavailable, statusOf, typeOf, wholeAnswerIfThere, type Elasticsearch } from './client.ts';
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

/** What an index refuses for itself does not stop the others. */
const REFUSED = [403, 429];

/** What Elasticsearch refused; undefined where the copy is gone, whoever deleted it. */
async function refusalOf(client: Elasticsearch, { id, index, seqNo, primaryTerm }: Copy): Promise<string | undefined> {
  try {
    await client.delete({ index, id, if_seq_no: seqNo, if_primary_term: primaryTerm });
    return undefined;
  } catch (error) {
    const status = statusOf(error) ?? 0;
    if (status === 404 || status === 409) return undefined;
    if (!REFUSED.includes(status))
      await orUnavailable('deleting a cross-index duplicate', Promise.reject(error as Error), 'repair');
    const remedy =
      typeOf(error) === 'security_exception'
        ? 'grant deploy/elasticsearch/repair.json, to elasticsearch.repair alone'
        : 'lift the block, or free room';
    return `Elasticsearch, deleting a copy from ${index}: ${status} ${typeOf(error) ?? ''}; ${remedy}`;
  }
}

/**
 * Looks through a data stream and keeps, of each document, the copy of the oldest backing index. Each delete names the
 * version it means, so that several may repair at once.
 * @throws DestinationUnavailableError where it could not look, or Elasticsearch is away; the signal's reason when aborted.
 */
export async function repair(stream: string, { dryRun = false, ...options }: RepairOptions): Promise<Repaired> {
  const { client } = options;
  // What was written a moment ago counts too. Who may not ask for it sees it a little later.
  await wholeAnswerIfThere('refreshing', client.indices.refresh({ index: stream }, { ignore: [403] }));
  let [found, deleted, left] = [0, 0, 0];
  let why: string | undefined;
  for await (const [, ...younger] of duplicatesOf(stream, { ...options, role: 'repair' })) {
    found += 1;
    if (dryRun) continue;
    const refusals = await Promise.all(younger.map((copy) => refusalOf(client, copy)));
    const refused = refusals.filter((refusal) => refusal !== undefined);
    deleted += younger.length - refused.length;
    if (refused.length > 0) left += 1;
    why ??= refused[0];
  }
  return { found, deleted, left: dryRun ? found : left, ...(why === undefined ? {} : { why }) };
}
