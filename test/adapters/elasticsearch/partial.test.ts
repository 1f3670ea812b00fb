/** A search that reached a part of the shards is no answer: what it does not show may be there all the same. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDeadLetters } from '../../../src/adapters/elasticsearch/dead-letters.ts';
import type { Runtime } from '../../../src/app/runtime.ts';
import { simulator } from '../../support/simulator.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

const world = async (): Promise<Runtime> => openWorld(rawConfig(await simulator({ events: 0 })));

/** An index of two shards, for one of which the single node has no place. */
async function halfAnIndex({ elasticsearch: client }: Runtime, index: string): Promise<void> {
  const settings = { number_of_shards: 2, number_of_replicas: 0, 'routing.allocation.total_shards_per_node': 1 };
  const mappings = { properties: { stream: { type: 'keyword' }, 'event.kind': { type: 'keyword' } } } as const;
  // A red index would be everybody's.
  onTestFinished(async () => void (await client.indices.delete({ index })));
  await client.indices.create({ index, settings, mappings, wait_for_active_shards: 0, timeout: '0s' });
  await client.cluster.health({ index, wait_for_active_shards: 1 });
  expect(await client.search({ index })).toMatchObject({ _shards: { successful: 1, failed: 1 } });
}

describe('where a shard does not answer', () => {
  it('checkpoints are not listed in part', async () => {
    const runtime = await world();
    const index = `shenji-checkpoints-${runtime.config.namespace}`;
    await runtime.elasticsearch.indices.delete({ index });
    await halfAnIndex(runtime, index);
    await expect(runtime.checkpoints.list({})).rejects.toThrow(/listing checkpoints: 503/);
  });

  it('dead letters are not counted in part', async () => {
    const runtime = await world();
    const { elasticsearch: client, config } = runtime;
    const index = `logs-shenji.dead_letter-${config.namespace}`;
    await client.indices.deleteIndexTemplate({ name: `shenji-${index}` });
    await halfAnIndex(runtime, index);
    await expect(createDeadLetters(client, config.namespace).count({})).rejects.toThrow(/counting dead letters: 503/);
  });
});
