/** What a source's streams get into the queue: what is due, or while it is suspended one window that tries. */
import { passRank } from '../../sdk/pass.ts';
import type { Checkpoint, Suspension } from '../ledger.ts';
import { subtract, type Interval } from '../time/intervals.ts';
import type { Assessment } from './assess.ts';
import type { PlannedSource, QueuedWindow } from './planned-source.ts';
import { suspended, type StreamState } from './stream-state.ts';
import { probeMs } from './suspension.ts';

/** `digest` tells what is due of a stream; `now` in epoch milliseconds. */
export function createPlanning(digest: Assessment['digest'], now: () => number) {
  async function planOpen(
    planned: PlannedSource,
    open: readonly Checkpoint[],
    unfinished: readonly QueuedWindow[],
  ): Promise<StreamState[]> {
    const states: StreamState[] = [];
    let liveDone: readonly Interval[] = [];
    for (const checkpoint of open) {
      const { stream, origin } = checkpoint;
      // What the live pass has not read yet is not read again: what a settle pass creates is late, and nothing else is.
      const held = passRank(stream.pass) === 1 ? subtract([{ from: origin, to: now() }], liveDone) : [];
      const { state, done, windows, premature } = await digest(checkpoint, planned, unfinished, held);
      for (const window of premature) await planned.queue.remove({ ...stream, pass: window.pass }, [window]);
      if (windows.length > 0) await planned.queue.add(stream, windows);
      if (stream.pass === 'live') liveDone = done;
      states.push(state);
    }
    return states;
  }

  /** Nothing waits in the queue but, now and then, one window that shows whether the source answers again. */
  async function planProbe(
    planned: PlannedSource,
    open: readonly Checkpoint[],
    unfinished: readonly QueuedWindow[],
    suspension: Suspension,
  ): Promise<StreamState[]> {
    const { tenant, source, queue } = planned;
    const probe = await queue.probe();
    const isProbe = ({ pass, from, to }: QueuedWindow): boolean =>
      pass === probe?.pass && from === probe.from && to === probe.to;
    const probing = unfinished.filter(isProbe);
    const others = unfinished.filter((window) => !isProbe(window));
    for (const window of others) await queue.remove({ tenant, source, pass: window.pass }, [window]);
    const states: StreamState[] = [];
    let sent = probing.length > 0;
    for (const checkpoint of open) {
      const { state, windows } = await digest(checkpoint, planned, unfinished);
      const window = windows.toSorted((a, b) => b.from - a.from)[0];
      const { stream } = checkpoint;
      const isSent =
        !sent &&
        window !== undefined &&
        (await queue.claimProbe({ ...window, pass: stream.pass }, probeMs(suspension)));
      if (isSent) {
        // One of the same name that failed a moment ago would keep it out.
        await queue.remove(stream, [window]);
        // What it finds out is written down.
        await queue.add(stream, [{ from: window.from, to: window.to }]);
      }
      sent ||= isSent;
      states.push({ ...suspended(state, suspension, now()), planned: isSent ? 1 : 0 });
    }
    return states;
  }

  return { planOpen, planProbe };
}
