import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createReconciler, type Reconciled } from '../../src/elasticsearch/reconciler.ts';
import { openRuntime } from '../../src/runtime/runtime.ts';
import { rawConfig, silent, simulator, until } from '../support/world.ts';

const HOUR = 3_600_000;
const NOTHING: Reconciled = { repaired: 0, left: 0 };

function recorded() {
  const outcomes: unknown[][] = [];
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
  const reconciler = createReconciler({ log, onOutcome: (...outcome) => outcomes.push(outcome) });
  return { outcomes, lines, reconciler };
}

describe('what a writer owes', () => {
  it('is tried until it succeeds, counted each time, and logged the first time that it does not', async () => {
    const { outcomes, lines, reconciler } = recorded();
    let tries = 0;
    const work = async (): Promise<Reconciled> => {
      tries += 1;
      if (tries < 3) throw new Error('the connection was cut');
      return { repaired: 2, left: 1 };
    };
    reconciler.owe('a.b', work, 1);
    await until(
      'its end',
      () => outcomes,
      (seen) => seen.length === 4,
    );
    expect(outcomes).toEqual([
      ['a.b', 'owed'],
      ['a.b', 'failed'],
      ['a.b', 'failed'],
      ['a.b', 'done', { repaired: 2, left: 1 }],
    ]);
    expect(lines.filter((line) => line.includes('the connection was cut'))).toHaveLength(1);
    await reconciler.close(HOUR);
    expect(tries).toBe(3);
  });

  it('is done at once when the process ends, and said to be early where it was not due', async () => {
    const { outcomes, lines, reconciler } = recorded();
    reconciler.owe('a.b', async () => NOTHING, HOUR);
    await reconciler.close(HOUR);
    expect(outcomes).toEqual([
      ['a.b', 'owed'],
      ['a.b', 'early', NOTHING],
    ]);
    expect(lines.join('')).toContain('the next settle pass or a backfill of that time repairs what is left');
  });

  it('is given up at the end where it fails once more, aloud', async () => {
    const { outcomes, lines, reconciler } = recorded();
    reconciler.owe('a.b', () => Promise.reject(new Error('gone')), HOUR);
    await reconciler.close(HOUR);
    expect(outcomes.at(-1)).toEqual(['a.b', 'abandoned']);
    expect(lines.at(-1)).toContain('"level":50');
  });

  it('holds the end of the process up no longer than its bound', async () => {
    const { lines, outcomes, reconciler } = recorded();
    reconciler.owe('a.b', () => new Promise(() => undefined), 0);
    reconciler.owe('a.b', async () => NOTHING, HOUR);
    reconciler.owe('c.d', () => new Promise(() => undefined), 0);
    await reconciler.close(50);
    expect(outcomes.filter(([, outcome]) => outcome === 'abandoned')).toEqual([
      ['a.b', 'abandoned'],
      ['c.d', 'abandoned'],
    ]);
    const errors = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ level }) => level === 50);
    expect(errors.map(({ source }) => source)).toEqual(['a.b', 'c.d']);
    expect(errors[0]?.['msg']).toContain('longer than the 0.05 s that the end allows');
  });

  it('owes nothing: the end comes at once', async () => {
    const { outcomes, lines, reconciler } = recorded();
    await reconciler.close(HOUR);
    expect([outcomes, lines]).toEqual([[], []]);
  });

  it('is waited for when a program closes, and shows in its metrics', async () => {
    const raw = rawConfig(await simulator({ events: 1 }));
    const runtime = await openRuntime(configSchema.parse(raw), silent);
    runtime.reconciler.owe('feishu.openapi_audit', async () => ({ repaired: 1, left: 2 }), HOUR);
    await runtime.close();
    const text = await runtime.metrics.text();
    expect(text).toContain('shenji_reconciliations_total{source="feishu.openapi_audit",outcome="early"} 1');
    expect(text).toContain('shenji_cross_index_duplicates_total{source="feishu.openapi_audit",outcome="left"} 2');
  });
});
