/** The streams that a source has without anybody asking: each is opened once, and ends when its delay is configured no more. */
import type { Checkpoint, CheckpointChange, Former, OpenedStream } from '../ledger.ts';
import type { PlannedSource, PlannerPorts } from './planned-source.ts';
import { compact } from './plan.ts';
import { iso, subtract, upTo, type Interval } from '../time/intervals.ts';
import { passDelayMs, passRank, placeOf, settlePass, type Pass } from '../../sdk/pass.ts';
import { standingPasses, streamKey } from '../stream.ts';

/** A pass that was taken out by mistake, or by one of two schedulers before the other, goes on as if it had stayed. */
const RESUMED_WITHIN_MS = 3_600_000;

/** A stream whose work another one goes on with: from its checkpoint, or from the ledger where that is lost. */
type Leaving = OpenedStream & Pick<Checkpoint, 'done' | 'madeFrom'>;

export type StandingStreams = {
  /** Live first, then by delay. `unfinished`: the source's checkpoints that are neither complete nor ended. */
  open(planned: PlannedSource, unfinished: readonly Checkpoint[]): Promise<Checkpoint[]>;
};

/** What a checkpoint says once these spans are done. */
function digest({ origin }: Checkpoint, spans: readonly Interval[]): CheckpointChange {
  const done = compact(spans, origin);
  return { done, watermark: done[0]?.from === origin ? done[0].to : origin };
}

// oxlint-disable-next-line max-lines-per-function -- the ways in which one pass begins, goes on, or ends; each short
export function createStandingStreams({ ledger, checkpoints, log, now }: PlannerPorts): StandingStreams {
  const say = (stream: OpenedStream['stream'], words: string): void => {
    const name = streamKey(stream);
    log.warn({ stream: name }, `stream ${name} ${words}`);
  };

  /** In the ledger before its first job, and in a checkpoint: an origin never slides (law 4). */
  async function openNew(wanted: OpenedStream, words: string): Promise<Checkpoint> {
    const opened = await ledger.open(wanted);
    say(wanted.stream, words);
    return checkpoints.create(opened);
  }

  /** What a new pass goes on with: the stream that a version before has named by the same place in the list, else the longest of those that end with it. */
  async function formerOf(
    pass: Pass,
    planned: PlannedSource,
    leaving: readonly Checkpoint[],
    recorded: readonly OpenedStream[],
  ): Promise<Leaving | undefined> {
    const { settleMs } = planned.cadence;
    const placed: Pass = `settle-${settleMs.findIndex((delayMs) => settlePass(delayMs) === pass) + 1}`;
    const before = leaving.find(({ stream }) => stream.pass === placed);
    if (before !== undefined) return before;
    const hasSuccessor = recorded.some(({ formers = [] }) => formers.some((former) => former.pass === placed));
    const lost = hasSuccessor ? undefined : recorded.find(({ stream }) => stream.pass === placed);
    if (lost !== undefined && (await checkpoints.read(lost.stream)) === undefined)
      return { ...lost, done: [], madeFrom: [] };
    const delayMs = ({ stream }: Checkpoint): number => passDelayMs(stream.pass, planned.cadence);
    const named = leaving.filter(({ stream }) => placeOf(stream.pass) === undefined);
    return named.toSorted((a, b) => delayMs(b) - delayMs(a))[0];
  }

  /** Nothing that ends after this can have been read so late as the pass asks for. */
  function dueAt(pass: Pass, { cadence }: PlannedSource, at: number): number {
    const delayMs = passDelayMs(pass, cadence);
    return cadence.settleGrid(delayMs).startOf(at - delayMs);
  }

  async function goOn(
    { pass, begins }: { readonly pass: Pass; readonly begins: number },
    planned: PlannedSource,
    former: Leaving,
    leaving: readonly Checkpoint[],
  ): Promise<Checkpoint> {
    const { tenant, source, cadence } = planned;
    // A list that was shortened with the upgrade says no longer which place had which delay: what the last has not done is done again.
    const beyond = leaving.filter(({ stream }) => (placeOf(stream.pass) ?? -1) >= cadence.settleMs.length);
    const until = Math.min(dueAt(pass, planned, now()), ...beyond.map(({ watermark }) => watermark));
    const earlier = (former.formers ?? []).map((one): Former => ({ ...one, until: Math.min(one.until, until) }));
    const opened = {
      stream: { tenant, source, pass },
      origin: Math.min(former.origin, begins),
      formers: [{ pass: former.stream.pass, until }, ...earlier],
    };
    const created = await openNew(opened, `goes on with what ${former.stream.pass} has done before ${iso(until)}`);
    // Where this does not come to pass, the ledger says the same.
    const { done, madeFrom } = former;
    await checkpoints.update(created, { ...digest(created, upTo(done, until)), madeFrom });
    return (await checkpoints.read(created.stream)) ?? created;
  }

  /** What became due while nobody had configured it is not owed, unless a pass that ends now owes it. */
  async function resume(
    checkpoint: Checkpoint,
    planned: PlannedSource,
    leaving: readonly Checkpoint[],
  ): Promise<Checkpoint> {
    const { stream, ended = now() } = checkpoint;
    const away = now() - ended > RESUMED_WITHIN_MS;
    const pause = { from: dueAt(stream.pass, planned, ended), to: dueAt(stream.pass, planned, now()) };
    const owed = leaving.flatMap(({ origin, done }) => subtract([{ from: origin, to: pause.to }], done));
    const done = away ? [...checkpoint.done, ...subtract([pause], owed)] : checkpoint.done;
    await checkpoints.update(checkpoint, { ...digest(checkpoint, done), ended: undefined });
    say(stream, `is configured again, and goes on from ${iso(away ? pause.to : checkpoint.watermark)}`);
    return (await checkpoints.read(stream)) ?? checkpoint;
  }

  async function open(planned: PlannedSource, unfinished: readonly Checkpoint[]): Promise<Checkpoint[]> {
    const { tenant, source, cadence } = planned;
    const [first, ...later] = standingPasses(cadence.settleMs);
    let asked: Promise<OpenedStream[]> | undefined;
    const recorded = (): Promise<OpenedStream[]> => (asked ??= ledger.opened(tenant, source));
    const gone = unfinished.filter(({ stream }) => passRank(stream.pass) === 1 && !later.includes(stream.pass));
    // The search may lag behind: the document itself does not.
    const leaving = (await Promise.all(gone.map(({ stream }) => checkpoints.read(stream)))).filter(
      (checkpoint) => checkpoint !== undefined && checkpoint.ended === undefined,
    ) as Checkpoint[];

    async function known(pass: Pass): Promise<Checkpoint | undefined> {
      const stream = { tenant, source, pass };
      const found = await checkpoints.read(stream);
      if (found !== undefined) return found.ended === undefined ? found : resume(found, planned, leaving);
      const opened = (await recorded()).find((one) => one.stream.pass === pass);
      if (opened === undefined) return undefined;
      say(stream, `has lost its checkpoint, which is rebuilt from the ledger; origin ${iso(opened.origin)}`);
      return checkpoints.create(opened);
    }

    async function openLater(pass: Pass, live: Checkpoint, isNew: boolean): Promise<Checkpoint> {
      const stream = { tenant, source, pass };
      // With its source it begins where live begins; added later, where its delay begins: the rest is for a backfill.
      const begins = isNew ? live.origin : Math.max(live.origin, dueAt(pass, planned, now()));
      const former = await formerOf(pass, planned, leaving, await recorded());
      if (former !== undefined) return goOn({ pass, begins }, planned, former, leaving);
      return openNew({ stream, origin: begins }, `is new; it is collected from ${iso(begins)}`);
    }

    const knownLive = await known(first);
    const origin = cadence.grid.startOf(planned.since(now()));
    const live =
      knownLive ??
      (await openNew(
        { stream: { tenant, source, pass: first }, origin },
        `is new: neither checkpoint nor ledger knew it; it is collected from ${iso(origin)}`,
      ));
    const standing = [live];
    for (const pass of later)
      standing.push((await known(pass)) ?? (await openLater(pass, live, knownLive === undefined)));
    for (const checkpoint of leaving) {
      // Ended only now that whoever goes on with it is written down.
      if (await checkpoints.update(checkpoint, { ended: now() }))
        say(checkpoint.stream, 'is configured no more, and ends');
    }
    return standing;
  }

  return { open };
}
