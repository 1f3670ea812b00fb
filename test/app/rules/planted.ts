/** Fifteen days of ordinary work and a day of attacks, mapped as the pipeline maps them, in one real data stream. */
import { preparer } from '../../../src/core/documents/prepare.ts';
import type { Stream } from '../../../src/core/stream.ts';
import { evaluate } from '../../../src/app/rules/evaluate.ts';
import { localRule, ruleKey } from '../../../src/app/rules/rule.ts';
import type { Rule } from '../../../src/adapters/kibana/rule.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { documentWriters, preparationOf } from '../../../src/app/preparation.ts';
import { openRuntime, type Runtime, type TenantSource } from '../../../src/app/runtime.ts';
import { startSimulator } from '../../../src/dev/simulator/index.ts';
import { createTraffic, type PlantedAttack, type Story } from '../../../src/dev/simulator/traffic.ts';
import { live } from '../../support/pipeline.ts';
import { silent } from '../../support/silent.ts';
import { install, rawConfig } from '../../support/world.ts';

const DAY = 86_400_000;
/** Fixed, so that a run repeats. */
const END = Date.UTC(2026, 5, 30, 23, 15) / 1_000;
/**
 * Further apart than any rule looks back: the seeds share one data stream, and none sees another's events. The odd hours
 * let each seed's days end on another weekday and at another hour.
 */
const APART_SECONDS = 40 * 86_400 + 5 * 3_600;
const ORDINARY_EVENTS = 2_500;
const BATCH = 2_000;
const OWN_APP = 'cli_shenji_itself';
/** Errors that a ledger entry can hold. */
const REFUSED = {
  type: 'PermanentError',
  message: 'Feishu refused: the scope of the audit log is missing',
  retryable: false,
};

export type Planted = { readonly seed: string; readonly story: Story; readonly from: number; readonly to: number };

async function write(
  world: Runtime,
  source: TenantSource,
  records: readonly { served: unknown }[],
  stream: Stream,
): Promise<void> {
  const prepare = preparer(preparationOf(world, source, stream));
  const items = records.flatMap(({ served }) => {
    const prepared = prepare(served);
    return prepared.kind === 'document'
      ? [{ id: prepared.id, document: prepared.line, earliest: prepared.time, time: prepared.time }]
      : [];
  });
  const writer = documentWriters(world).get(live.source);
  for (let at = 0; at < items.length; at += BATCH)
    await writer?.write(items.slice(at, at + BATCH), new AbortController().signal);
}

/** What the vendor refused on the last day, a window or, whoever met it first, all of the source; one that a backfill failed on before, and those that were done. */
async function writeLedger(
  world: Runtime,
  { from, to }: Planted,
  refuses: 'window' | 'source',
): Promise<PlantedAttack> {
  const entry = (stream: Stream, at: number) => ({
    stream,
    span: { from: at - 60_000, to: at },
    run: `${at}`,
    attempts: 8,
    startedAt: at,
    endedAt: at + 1_000,
  });
  const counts = { pages: 1, fetched: 0, events: 0, created: 0, duplicates: 0, rejected: 0, lookups: 0, crossIndexDuplicates: 0, late: 0, lateness: 0 }; // prettier-ignore
  for (const day of [1, 5, 9]) await world.ledger.append({ ...entry(live, from + day * DAY), status: 'done', counts });
  const backfill: Stream = { ...live, pass: 'backfill-old' };
  await world.ledger.append({ ...entry(backfill, from + 3 * DAY), status: 'failed', error: REFUSED });
  const refused =
    refuses === 'window'
      ? ({ stream: live, status: 'failed' } as const)
      : ({ stream: backfill, status: 'suspended' } as const);
  await world.ledger.append({ ...entry(live, to - 3_600_000), ...refused, error: REFUSED });
  return { rule: 'collection-failed', story: 'the permission to read the audit log is taken away', ids: [] };
}

/** `close` ends what `plant` has started; the documents stay. */
export type Field = {
  readonly world: Runtime;
  readonly raw: Record<string, unknown>;
  readonly planted: readonly Planted[];
  close(): Promise<void>;
};

export async function plant(seeds: readonly string[]): Promise<Field> {
  const vendor = await startSimulator({ events: 1 });
  const raw = rawConfig(vendor);
  const world = await openRuntime(configSchema.parse(raw), silent);
  await install(world);
  const [source] = world.sources;
  if (source === undefined) throw new Error('the world has a source');
  const planted: Planted[] = [];
  for (const [index, seed] of seeds.entries()) {
    const to = END - index * APART_SECONDS;
    const from = to - 15 * 86_400;
    const traffic = createTraffic({
      seed,
      events: ORDINARY_EVENTS,
      from,
      to,
      odd: 0,
      late: 0,
      lateSeconds: 1,
      story: OWN_APP,
    });
    const story = traffic.story as Story;
    await write(world, source, traffic.records, live);
    const attackIds = new Set(story.attacks.flatMap(({ ids }) => ids));
    // The same attacks once more, three days before, as a backfill would bring them: it is nobody's emergency.
    const old = traffic.records
      .filter(({ id }) => attackIds.has(id))
      .map(({ id, served }) => ({
        served: { ...served, id: `old-${id}`, event_time: Number(served['event_time']) - 3 * 86_400 },
      }));
    await write(world, source, old, { ...live, pass: 'backfill-old' });
    const one = { seed, story, from: from * 1_000, to: to * 1_000 };
    const blinded = await writeLedger(world, one, index % 2 === 0 ? 'window' : 'source');
    planted.push({ ...one, story: { ...story, attacks: [...story.attacks, blinded] } });
  }
  await world.elasticsearch.indices.refresh({ index: `logs-*-${world.config.namespace}` });
  return { world, raw, planted, close: () => world.close().then(() => vendor.close()) };
}

/** What is wrong with a rule on these days: attacks that it does not see, and days on which it should be silent. */
export async function complaints(world: Runtime, rule: Rule, { seed, story, from, to }: Planted): Promise<string[]> {
  const facts = { ...story.known, ownApps: [OWN_APP] };
  const local = localRule(rule, facts, world.config.namespace);
  // New terms need their history, which begins where the days begin.
  const start = rule.type === 'new_terms' ? story.attacksFrom * 1_000 : from;
  const alerts = await evaluate(local, { client: world.elasticsearch, span: { from: start, to }, clock: '@timestamp' });
  const attack = story.attacks.find(({ rule: key }) => key === ruleKey(rule));
  if (attack === undefined) return [`${ruleKey(rule)}: nobody attacks it`];
  const seen = new Set(alerts.flatMap(({ documents }) => documents));
  const all = new Set(story.attacks.flatMap(({ ids }) => ids));
  const missed = attack.ids.filter((id) => !seen.has(id)).map((id) => `${seed}: ${attack.rule} does not see ${id}`);
  if (attack.ids.length === 0)
    return alerts.length === 1 && (alerts[0]?.at ?? 0) > to - DAY
      ? []
      : [`${seed}: ${attack.rule} sees ${alerts.length}`];
  const wrong = alerts
    .filter(({ documents }) => !documents.some((id) => all.has(id)))
    .map(
      ({ about, at, documents }) =>
        `${seed}: ${attack.rule} speaks of ${JSON.stringify(about)} at ${new Date(at).toISOString()}, ${documents.length} documents`,
    );
  return [...missed, ...wrong];
}
