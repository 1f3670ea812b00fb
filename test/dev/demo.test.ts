/** The demo as its users run it; with the servers of the run. */
import { describe, expect, inject, it } from 'vitest';
import { shenji } from '../support/world.ts';

describe('shenji demo', () => {
  it("compares what it collected with the vendors' own lists, by id", { timeout: 420_000 }, async () => {
    const servers = { ELASTICSEARCH_URL: inject('elasticsearchUrl'), REDIS_URL: inject('redisUrl') };
    const program = shenji(['demo', '--json'], undefined, servers);
    const code = await program.ended;
    const { stdout, stderr } = program.output();
    expect(code, stderr).toBe(0);
    const { streams } = JSON.parse(stdout) as { streams: Record<string, number>[] };
    expect(streams.map(({ name }) => name)).toEqual([
      'acme/feishu.openapi_audit',
      'acme/dingtalk.report',
      'globex/feishu.openapi_audit',
      'globex/dingtalk.report',
    ]);
    for (const row of streams) {
      expect(row['gaps']).toBe(0);
      expect(row['inElasticsearch']).toBe(row['expected']);
      expect(row['created']).toBe(row['expected']);
    }
    expect(streams[0]).toMatchObject({
      duplicates: expect.any(Number) as number,
      rejected: expect.any(Number) as number,
      windows: expect.any(Number) as number,
    });
  });
});
