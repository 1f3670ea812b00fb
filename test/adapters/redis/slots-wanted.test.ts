import type { Queue } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { slotsWanted, type Wanting } from '../../../src/adapters/redis/slots-wanted.ts';
import type { ListedWindow, State } from '../../../src/adapters/redis/snapshot.ts';
import type { WindowJob } from '../../../src/adapters/redis/window-job.ts';

const NOW = 1_000_000;
const queue = (name: string): Queue<WindowJob> => ({ name }) as Queue<WindowJob>;
const [live, background, ofGroup] = ['live', 'background', 'live.acme'].map(queue) as [
  Queue<WindowJob>,
  Queue<WindowJob>,
  Queue<WindowJob>,
];

function windows(count: number, state: State, lane = live, delayedUntil?: number): ListedWindow[] {
  const window = { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live', from: 0, to: 1 } as const;
  return Array.from({ length: count }, (_, at) => ({
    ...window,
    id: String(at),
    state,
    queue: lane,
    turn: undefined,
    delayedUntil,
  }));
}

const wanted = (seen: readonly ListedWindow[], more: Partial<Wanting> = {}): number =>
  slotsWanted(seen, { lanes: [live, background], windowsAtOnce: 2, isHeldUp: false, now: NOW, ...more });

describe('the slots that are wanted', () => {
  it('are those of windows that are worked on, and of those that wait', () => {
    expect(wanted([...windows(1, 'active'), ...windows(1, 'waiting')])).toBe(2);
  });

  it('are, of a backlog, in each lane only as many as may be under way at once', () => {
    expect(wanted(windows(100, 'waiting'))).toBe(2);
    expect(wanted([...windows(2, 'active'), ...windows(100, 'waiting')])).toBe(2);
    expect(wanted([...windows(100, 'waiting'), ...windows(100, 'waiting', background)])).toBe(4);
    expect(wanted(windows(100, 'waiting'), { windowsAtOnce: 12 })).toBe(12);
  });

  it('are none for what rests after a failure, for as long as it does, nor for what has failed', () => {
    expect(wanted([...windows(5, 'delayed', live, NOW + 1), ...windows(5, 'failed')])).toBe(0);
    expect(wanted(windows(5, 'delayed', live, NOW))).toBe(2);
  });

  it('are only those in use while a vendor does not answer, or Elasticsearch takes no documents', () => {
    expect(wanted([...windows(1, 'active'), ...windows(50, 'waiting')], { isHeldUp: true })).toBe(1);
  });

  it('are none for windows that only the workers of a group take', () => {
    expect(wanted(windows(2, 'waiting', ofGroup))).toBe(0);
  });
});
