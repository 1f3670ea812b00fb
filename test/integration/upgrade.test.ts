/** Everything that the versions before have written, as it lay in their Elasticsearch, goes on under this one. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Elasticsearch } from '../../src/adapters/elasticsearch/client.ts';
import { NO_COUNTS } from '../../src/core/ledger.ts';
import { preparer } from '../../src/core/documents/prepare.ts';
import { startCollector } from '../../src/app/collector.ts';
import { documentWriters, preparationOf } from '../../src/app/preparation.ts';
import { prove } from '../../src/app/prove.ts';
import { openRuntime, type Runtime } from '../../src/app/runtime.ts';
import { configSchema } from '../../src/config/schema.ts';
import { live } from '../support/pipeline.ts';
import { silent } from '../support/silent.ts';
import { simulator } from '../support/simulator.ts';
import { countOf, rawConfig, shenji } from '../support/world.ts';

type Stored = { readonly _id: string; readonly _source: Record<string, unknown> };
type Template = { readonly name: string; readonly body: Record<string, unknown> };
type Recorded = {
  readonly namespace: string;
  readonly componentTemplates: readonly Template[];
  readonly indexTemplates: readonly Template[];
  readonly checkpointsMapping: Record<string, unknown>;
  readonly streams: Readonly<Record<string, readonly Stored[]>>;
  readonly checkpoints: readonly Stored[];
};

function recordedBy(version: number, namespace: string): Recorded {
  const text = readFileSync(path.join(import.meta.dirname, 'fixtures', `version-${version}.json`), 'utf8');
  const { namespace: before } = JSON.parse(text) as Recorded;
  return JSON.parse(text.replaceAll(before, namespace)) as Recorded;
}

/** Puts everything where the version before had it. */
async function restore(client: Elasticsearch, recorded: Recorded): Promise<void> {
  const { namespace, componentTemplates, indexTemplates, checkpointsMapping, streams, checkpoints } = recorded;
  for (const { name, body } of componentTemplates)
    await client.cluster.putComponentTemplate({ name, ...body } as never);
  for (const { name, body } of indexTemplates) await client.indices.putIndexTemplate({ name, ...body });
  await client.indices.create({ index: `shenji-checkpoints-${namespace}`, mappings: checkpointsMapping });
  for (const { _id: id, _source: document } of checkpoints)
    await client.create({ index: `shenji-checkpoints-${namespace}`, id, document, refresh: true });
  for (const [name, documents] of Object.entries(streams))
    for (const { _id: id, _source: document } of documents)
      await client.create({ index: `${name}-${namespace}`, id, document, refresh: true });
}

async function open(raw: Record<string, unknown>): Promise<Runtime> {
  const runtime = await openRuntime(configSchema.parse(raw), silent);
  onTestFinished(() => runtime.close());
  return runtime;
}

it.each([2, 3])(
  'documents, ledger and checkpoints of version %i keep working, once setup has brought the templates up to date',
  { timeout: 180_000 },
  async (version) => {
    const vendor = await simulator({ seed: 'upgrade', events: 0 });
    const raw = rawConfig(vendor);
    const world = await open(raw);
    const recorded = recordedBy(version, world.config.namespace);
    await restore(world.elasticsearch, recorded);

    await expect(startCollector(world, { concurrency: 1 })).rejects.toThrow(
      new RegExp(`has version ${version}, this program needs \\d+.*run "shenji setup"`),
    );
    const preview = shenji(['setup', '--dry-run'], raw);
    expect(await preview.ended).toBe(0);
    expect(preview.output().stdout).toMatch(/would be updated {2}index template shenji-logs-feishu/);
    await expect(startCollector(world, { concurrency: 1 })).rejects.toThrow(`has version ${version}`);
    const setup = shenji(['setup'], raw);
    expect(await setup.ended, setup.output().stderr).toBe(0);
    const again = shenji(['setup'], raw);
    await again.ended;
    expect(again.output().stdout).not.toMatch(/created|updated/);

    // New fields are searchable beside the documents that are there already, not only after a rollover.
    const ref = 'feishu.openapi_audit.target.ref';
    const index = `logs-feishu.openapi_audit-${world.config.namespace}`;
    expect((await world.elasticsearch.fieldCaps({ index, fields: ref })).fields).toHaveProperty([ref, 'keyword']);

    const [source] = world.sources;
    if (source === undefined) throw new Error('no source');
    const prepare = preparer(preparationOf(world, source, live));
    const old = recorded.streams['logs-feishu.openapi_audit'] ?? [];
    const items = old.map(({ _source: document }) => {
      const { original } = document['event'] as { original: string };
      const prepared = prepare(JSON.parse(original));
      if (prepared.kind !== 'document') throw new Error(prepared.reason);
      return { id: prepared.id, document: prepared.line, earliest: prepared.time, time: prepared.time };
    });
    expect(items.map(({ id }) => id)).toEqual(old.map(({ _id: id }) => id));
    const written = await documentWriters(world).get(live.source)?.write(items, new AbortController().signal);
    expect(new Set(written?.outcomes.map(({ kind }) => kind))).toEqual(new Set(['duplicate']));
    expect(await countOf(world, 'feishu.openapi_audit')).toBe(old.length);

    const [checkpoint] = recorded.checkpoints.map(
      ({ _source: stored }) => stored as { watermark: string; origin: string },
    );
    const origin = Date.parse(checkpoint?.origin ?? '');
    const [state] = await world.planner.inspect(source.planned);
    expect(state).toMatchObject({ stream: live, gaps: [], origin });
    // The ledger may know a window that the checkpoint had not learned yet.
    expect(state?.watermark).toBeGreaterThanOrEqual(Date.parse(checkpoint?.watermark ?? ''));
    expect(await world.ledger.totals(live)).toMatchObject({ ...NO_COUNTS, pages: expect.any(Number) as number, fetched: expect.any(Number) as number, events: old.length, created: old.length, duplicates: expect.any(Number) as number }); // prettier-ignore
    // What was proven before is so after: by the number of each window, and with a word about its question.
    const proof = await prove(world, source, { from: origin, to: state?.watermark ?? origin });
    expect(proof).toMatchObject({
      verdict: 'complete',
      events: old.length,
      questionSince: expect.any(Number) as number,
    });
    const [planned] = await world.planner.tick(source.planned);
    expect(planned).toMatchObject({ stream: live, origin, watermark: state?.watermark });
  },
);
