/** Checkpoints that are lost, or newer than the ledger that they were made from, as after a restore: rebuilt, and said aloud. */
import type { Checkpoint, EntryRef } from '../ledger.ts';
import type { PlannedSource, PlannerPorts } from './planned-source.ts';
import { iso } from '../time/intervals.ts';
import { passRank } from '../../sdk/pass.ts';
import { sourceKeyOf, streamKey } from '../stream.ts';

/** How often all checkpoints of a source are compared with the ledger. */
const RECONCILE_MS = 60_000;
/** How many ids one question is about. */
const BATCH = 1_000;
/** By how much the clocks of those who write entries may differ. */
const CLOCKS_MS = 60_000;

export type Recovery = {
  /** Recreates what is lost, and rebuilds what the ledger no longer bears out; once a minute, and at the first call. */
  reconcile(planned: PlannedSource): Promise<void>;
  /** The checkpoint, or the empty one that takes its place where the ledger lacks what it was made from. */
  verified(checkpoint: Checkpoint): Promise<Checkpoint>;
};

export function createRecovery({ ledger, checkpoints, log, now }: PlannerPorts): Recovery {
  const reconciled = new Map<string, number>();

  async function recoverBackfills({ tenant, source }: PlannedSource): Promise<void> {
    for (const opened of await ledger.opened(tenant, source)) {
      if (passRank(opened.stream.pass) !== 2 || (await checkpoints.read(opened.stream)) !== undefined) continue;
      const name = streamKey(opened.stream);
      log.warn({ stream: name }, `the checkpoint of ${name} was lost and is rebuilt from the ledger`);
      await checkpoints.create(opened);
    }
  }

  /** What the ledger still knows is taken in again by the next plan; the rest is due. */
  async function rebuild(checkpoint: Checkpoint): Promise<Checkpoint> {
    const { stream, origin } = checkpoint;
    const name = streamKey(stream);
    log.warn(
      { stream: name },
      `the checkpoint of ${name} was made from ledger entries that are gone, as after a restore from an older snapshot: it is rebuilt from the ledger, and what that does not know since ${iso(origin)} is read again`,
    );
    await ledger.open(checkpoint);
    await checkpoints.update(checkpoint, { done: [], watermark: origin, madeFrom: [] });
    return (await checkpoints.read(stream)) ?? checkpoint;
  }

  /** Whether entries are gone that retention does not account for: it deletes the oldest, a restore takes the newest away. */
  async function wasSetBack(madeFrom: readonly EntryRef[], there: ReadonlySet<string>): Promise<boolean> {
    const gone = madeFrom.filter(({ id }) => !there.has(id));
    if (gone.length === 0) return false;
    const keptSince = (await ledger.keptSince()) + CLOCKS_MS;
    return gone.some(({ at }) => at >= keptSince);
  }

  async function verified(checkpoint: Checkpoint): Promise<Checkpoint> {
    const { madeFrom } = checkpoint;
    if (madeFrom.length === 0) return checkpoint;
    const there = await ledger.holds(madeFrom.map(({ id }) => id));
    return (await wasSetBack(madeFrom, there)) ? rebuild(checkpoint) : checkpoint;
  }

  /** Also those that are complete: nobody else would look at them again. */
  async function verifyAll({ tenant, source }: PlannedSource): Promise<void> {
    const all = (await checkpoints.list({ tenant, source })).filter(({ ended }) => ended === undefined);
    const named = all.flatMap(({ madeFrom }) => madeFrom.map(({ id }) => id));
    const there = new Set<string>();
    for (let first = 0; first < named.length; first += BATCH)
      for (const id of await ledger.holds(named.slice(first, first + BATCH))) there.add(id);
    for (const { stream, madeFrom } of all) {
      if (madeFrom.every(({ id }) => there.has(id))) continue;
      // The search may lag behind: the document itself does not.
      const fresh = await checkpoints.read(stream);
      if (fresh !== undefined) await verified(fresh);
    }
  }

  async function reconcile(planned: PlannedSource): Promise<void> {
    const key = sourceKeyOf(planned);
    if (now() - (reconciled.get(key) ?? -Infinity) < RECONCILE_MS) return;
    await recoverBackfills(planned);
    await verifyAll(planned);
    reconciled.set(key, now());
  }

  return { reconcile, verified };
}
