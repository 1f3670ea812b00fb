import { describe, expect, it } from 'vitest';
import { completenessOf, type Judging } from '../../../src/core/planning/completeness.ts';
import type { StreamState } from '../../../src/core/planning/stream-state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 2, 2, 8);
const gapAt = (from: number, to: number) => ({ from, to, error: 'no', failures: 1, failedAt: to, retryAt: NOW });
const stateOf = (more: Partial<StreamState> = {}): StreamState => ({
  stream: { tenant: 'acme', source: 'feishu.openapi_audit', pass: 'live' },
  origin: NOW - 48 * HOUR,
  end: undefined,
  watermark: NOW,
  dueUntil: NOW,
  gaps: [],
  missing: [],
  queued: 0,
  planned: 0,
  ...more,
});
const behindBy = (ms: number): StreamState => stateOf({ watermark: NOW - ms, missing: [{ from: NOW - ms, to: NOW }] });
const LOOKBACKS = [30 * MINUTE, 30 * MINUTE, 24 * HOUR];
const judge = (state: StreamState, more: Partial<Judging> = {}) =>
  completenessOf(state, { staleMs: 0, maxLagMs: 15 * MINUTE, lookbacksMs: LOOKBACKS, isSilent: false, ...more });

describe('a live stream', () => {
  it('is complete while its lag is within maxLag, and late beyond it', () => {
    expect(judge(stateOf())).toMatchObject({ word: 'complete', until: NOW, lagMs: 0, missingMs: 0, rules: 3 });
    expect(judge(behindBy(15 * MINUTE)).word).toBe('complete');
    expect(judge(behindBy(16 * MINUTE))).toMatchObject({ word: 'late', until: NOW - 16 * MINUTE, blindRules: 0 });
  });

  it('blinds a rule from when all that it looks back over is missing', () => {
    expect(judge(behindBy(30 * MINUTE - 1)).blindRules).toBe(0);
    expect(judge(behindBy(30 * MINUTE))).toMatchObject({ word: 'blind', blindRules: 2 });
    expect(judge(behindBy(24 * HOUR)).blindRules).toBe(3);
    expect(judge(behindBy(24 * HOUR), { lookbacksMs: [] }).word).toBe('late');
  });

  it('blinds none by a gap behind which all is collected, however old its watermark is', () => {
    const from = NOW - 20 * HOUR;
    const gap = gapAt(from, from + HOUR);
    expect(judge(stateOf({ watermark: from, missing: [gap], gaps: [gap] }))).toMatchObject({
      word: 'incomplete',
      until: from,
      missingMs: HOUR,
      gaps: 1,
      blindRules: 0,
    });
  });

  it('is not behind where it was asked and held nothing', () => {
    const quiet = stateOf({ watermark: NOW - 14 * MINUTE, askedUntil: NOW });
    expect(judge(quiet, { maxLagMs: MINUTE })).toMatchObject({ word: 'complete', until: NOW, lagMs: 0 });
  });

  it('falls behind while nobody can tell how it stands', () => {
    expect(judge(stateOf(), { staleMs: 29 * MINUTE })).toMatchObject({ word: 'late', lagMs: 29 * MINUTE });
    expect(judge(stateOf(), { staleMs: 31 * MINUTE })).toMatchObject({ word: 'blind', until: NOW });
  });

  it('is blind before it is silent, and silent before it is incomplete', () => {
    const gap = gapAt(NOW - 20 * HOUR, NOW - 19 * HOUR);
    expect(judge(stateOf({ gaps: [gap], missing: [gap] }), { isSilent: true }).word).toBe('silent');
    expect(judge(behindBy(HOUR), { isSilent: true }).word).toBe('blind');
  });
});
