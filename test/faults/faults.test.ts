/** A handful of seeds; `npm run faults -- --runs N` does as many as one likes. */
import { describe, expect, inject, it } from 'vitest';
import { shareElasticsearch } from './elasticsearch.ts';
import { breakOnce, isExact } from './breaker.ts';

describe('under random faults', () => {
  it.concurrent.each(['one', 'two'])(
    'seed %s: nothing is missing, nothing double, no gap',
    { timeout: 420_000 },
    async (seed) => {
      const told: string[] = [];
      const result = await breakOnce(seed, shareElasticsearch(inject('elasticsearchUrl')), (line) => told.push(line));
      expect(isExact(result), JSON.stringify({ ...result, told })).toBe(true);
      expect(result.documents).toBe(2_500);
      expect(result.struck.filter(({ effect }) => effect !== undefined).length).toBeGreaterThan(0);
    },
  );
});
