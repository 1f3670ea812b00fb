/** One look at a source of a tenant: what failed goes into the ledger, what is due goes into the queue (laws 1 and 4). */
import { createAssessment } from './assess.ts';
import { isFinished, type Checkpoint, type OpenedStream } from '../ledger.ts';
import { damagedJobText, type FailedWindow, type PlannedSource, type PlannerPorts } from './planned-source.ts';
import { createPlanning } from './planning.ts';
import { createRecovery } from './recovery.ts';
import { createStandingStreams } from './standing-streams.ts';
import { suspended, type StreamState } from './stream-state.ts';
import { passRank, placeOf, type Pass } from '../../sdk/pass.ts';
import { standingPasses, streamKey } from '../stream.ts';
import { createSuspending } from './suspension.ts';

export type Planner = {
  /** Plans once, all passes or `only` one. Throws where ledger, checkpoints or queue cannot be reached; the next tick tries again. */
  tick(planned: PlannedSource, only?: Pass): Promise<StreamState[]>;
  /** How the streams stand, without planning anything. */
  inspect(planned: PlannedSource): Promise<StreamState[]>;
};

/** Of a stream of which only the ledger knows; to look at, not to be changed. */
const emptyCheckpoint = (opened: OpenedStream): Checkpoint => ({
  ...opened,
  done: [],
  watermark: opened.origin,
  ended: undefined,
  madeFrom: [],
  version: { seqNo: -1, primaryTerm: -1 },
});

// oxlint-disable-next-line max-lines-per-function -- the two things that a planner does, over ports that it was given
export function createPlanner({ ledger, checkpoints, log, now }: PlannerPorts): Planner {
  const suspending = createSuspending({ ledger, log, now });
  const recovery = createRecovery({ ledger, checkpoints, log, now });
  const standingStreams = createStandingStreams({ ledger, checkpoints, log, now });
  const { assess, digest } = createAssessment({ ledger, checkpoints, log, now }, recovery);
  const { planOpen, planProbe } = createPlanning(digest, now);

  async function openStreams(planned: PlannedSource): Promise<Checkpoint[]> {
    const { tenant, source } = planned;
    await recovery.reconcile(planned);
    const unfinished = await checkpoints.list({ tenant, source, unfinished: true });
    const standing = await standingStreams.open(planned, unfinished);
    const backfills = unfinished.filter(({ stream }) => passRank(stream.pass) === 2);
    // The search may lag behind: the document itself does not.
    const fresh = await Promise.all(backfills.map(({ stream }) => checkpoints.read(stream)));
    return [...standing, ...fresh.filter((checkpoint) => checkpoint !== undefined)];
  }

  /** What failed goes into the ledger before it leaves the queue; a damaged job leaves it at once, since its time is planned again. */
  async function record({ id, entry, remove }: FailedWindow): Promise<void> {
    if (entry === undefined) log.warn(damagedJobText(id));
    else await ledger.append(entry);
    await remove();
  }

  /** It stays where it is: one entry that the ledger refuses must not keep the source from its plans. */
  function tellUnrecorded({ id }: FailedWindow, error: unknown): void {
    log.warn(`the failure of the job ${id} could not be recorded, and is tried again: ${(error as Error).message}`);
  }

  async function tick(planned: PlannedSource, only?: Pass): Promise<StreamState[]> {
    // In one look.
    const [failed] = await Promise.all([planned.queue.failed(), planned.queue.tidy(now())]);
    const { suspension, own } = await suspending.judge(planned, failed);
    await Promise.all(own.map((one) => record(one).catch((error: unknown) => tellUnrecorded(one, error))));
    const found =
      only === undefined ? await openStreams(planned) : [await checkpoints.read({ ...planned, pass: only })];
    const open = found.filter((checkpoint) => checkpoint !== undefined);
    // The queue before the ledger: a window that leaves the queue between the two is in the ledger already.
    const unfinished = await planned.queue.unfinished();
    return suspension === undefined
      ? planOpen(planned, open, unfinished)
      : planProbe(planned, open, unfinished, suspension);
  }

  async function inspect(planned: PlannedSource): Promise<StreamState[]> {
    const { tenant, source } = planned;
    const [known, opened, unfinished, { suspension }] = await Promise.all([
      checkpoints.list({ tenant, source }),
      ledger.opened(tenant, source),
      planned.queue.unfinished(),
      ledger.standing(tenant, source),
    ]);
    const names = new Set(known.map(({ stream }) => streamKey(stream)));
    const open = [
      ...known.filter((checkpoint) => !isFinished(checkpoint)),
      // Nobody has rebuilt its checkpoint yet: a lost digest must not look like nothing to tell.
      ...opened.filter(({ stream }) => !names.has(streamKey(stream))).map(emptyCheckpoint),
    ];
    // A settle pass that is configured no more shows no more, though no scheduler has ended it yet.
    const standing = standingPasses(planned.cadence.settleMs);
    const shown = open.filter(
      ({ stream: { pass } }) => passRank(pass) !== 1 || standing.includes(pass) || placeOf(pass) !== undefined,
    );
    const assessed = await Promise.all(shown.map((checkpoint) => assess(checkpoint, planned, unfinished)));
    const states = assessed
      .map(({ state }) => (suspension === undefined ? state : suspended(state, suspension, now())))
      .filter(({ end, watermark }) => end === undefined || watermark < end);
    return states.toSorted((a, b) => passRank(a.stream.pass) - passRank(b.stream.pass));
  }

  return { tick, inspect };
}
