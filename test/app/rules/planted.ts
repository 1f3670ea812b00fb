/** Fifteen days of ordinary work and a day of attacks, mapped as the pipeline maps them, in one real data stream. */
import { preparer } from '../../../src/core/documents/prepare.ts';
import type { Stream } from '../../../src/core/stream.ts';
import { esqlAsker } from '../../../src/adapters/elasticsearch/esql.ts';
import { evaluate } from '../../../src/app/rules/evaluate.ts';
import type { Evaluation } from '../../../src/app/rules/evaluation.ts';
import { localRule, ruleKey } from '../../../src/app/rules/rule.ts';
import type { Rule } from '../../../src/adapters/kibana/rule.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { documentWriters, preparationOf } from '../../../src/app/preparation.ts';
import { openRuntime, type Runtime, type TenantSource } from '../../../src/app/runtime.ts';
import { isCaught } from '../../../src/dev/demo/attacks.ts';
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

/** `from` and `to` in epoch milliseconds; `items` as they were indexed. */
export type Planted = {
  readonly seed: string;
  readonly story: Story;
  readonly from: number;
  readonly to: number;
  readonly items: readonly Item[];
};

/** A minute of the vendor's, and of the windows'. */
const LAG_SECONDS = 150;
const OUTAGE_SECONDS = 3 * 3_600;
/** A backlog is collected much faster than it came about. */
const CATCH_UP_SECONDS = 12 * 60;

/** When the collection stands still for three hours: on an ordinary day, and for every other seed among the attacks too. */
export function outagesOf({ from, to }: { readonly from: number; readonly to: number }, index: number): number[] {
  const ordinary = to - 4 * 86_400 - 9 * 3_600;
  return index % 2 === 0 ? [ordinary] : [ordinary, Math.max(from, to - 13 * 3_600)];
}

/** When a record is indexed, in epoch milliseconds: soon, or with all the others of an outage after it. */
export function indexedAt(time: number, outages: readonly number[]): number {
  const outage = outages.find((start) => time + LAG_SECONDS >= start && time + LAG_SECONDS < start + OUTAGE_SECONDS);
  const at =
    outage === undefined
      ? time + LAG_SECONDS
      : outage + OUTAGE_SECONDS + Math.floor(((time + LAG_SECONDS - outage) / OUTAGE_SECONDS) * CATCH_UP_SECONDS);
  return at * 1_000;
}

export type Item = { readonly id: string; readonly document: string; readonly earliest: number; readonly time: number };

/** Each record as the pipeline would have indexed it then. */
function itemsOf(
  world: Runtime,
  source: TenantSource,
  records: readonly { readonly served: Readonly<Record<string, unknown>> }[],
  outages: readonly number[],
): Item[] {
  let now = 0;
  const prepare = preparer({ ...preparationOf(world, source, live), now: () => now });
  return records.flatMap(({ served }) => {
    now = indexedAt(Number(served['event_time']), outages);
    const prepared = prepare(served);
    return prepared.kind === 'document'
      ? [{ id: prepared.id, document: prepared.line, earliest: prepared.time, time: prepared.time }]
      : [];
  });
}

async function write(world: Runtime, items: readonly Item[]): Promise<void> {
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
    const items = itemsOf(world, source, traffic.records, outagesOf({ from, to }, index));
    await write(world, items);
    const one = { seed, story, from: from * 1_000, to: to * 1_000, items };
    const blinded = await writeLedger(world, one, index % 2 === 0 ? 'window' : 'source');
    planted.push({ ...one, story: { ...story, attacks: [...story.attacks, blinded] } });
  }
  await world.elasticsearch.indices.refresh({ index: `logs-*-${world.config.namespace}` });
  return { world, raw, planted, close: () => world.close().then(() => vendor.close()) };
}

/** Of how many alerts, and of how many attacks; what went wrong is named. */
export type Verdict = {
  readonly found: number;
  readonly attacks: number;
  readonly right: number;
  readonly alerts: number;
  readonly complaints: readonly string[];
};

/** The catch-up after the last outage may end after the days do. */
const AFTER_MS = 4 * 3_600_000;

/** What a rule says of these days, as the engine would have said it, run after run. */
export async function judge(
  world: Runtime,
  rule: Rule,
  { seed, story, from, to }: Planted,
  esql: Evaluation['esql'] = esqlAsker(world.elasticsearch),
): Promise<Verdict> {
  const local = localRule(rule, { ...story.known, ownApps: [OWN_APP] }, world.config.namespace);
  // New terms need their history, which begins where the days begin; an order of events needs a day before it.
  const start = { query: from, threshold: from, new_terms: story.attacksFrom * 1_000, esql: to - 2 * DAY }[rule.type];
  const span = { from: start, to: to + AFTER_MS };
  const key = ruleKey(rule);
  // The ledger's entries say when they were written: now.
  const clock = key === 'collection-failed' ? 'event' : 'rule';
  const alerts = await evaluate(local, { client: world.elasticsearch, span, clock, esql });
  const attacks = story.attacks.filter((attack) => attack.rule === key);
  if (key === 'collection-failed') {
    const right = alerts.filter(({ at }) => at > to - DAY).length;
    const complaints = alerts.length === 1 && right === 1 ? [] : [`${seed}: ${key} sees ${alerts.length}`];
    return { found: Math.min(right, 1), attacks: 1, right, alerts: alerts.length, complaints };
  }
  const missed = attacks.filter(({ ids }) => !isCaught(rule, ids, alerts));
  // A role that is given before the account is there is an attack of another kind, and none of this one.
  const concerned = key === 'user-made-admin' ? attacks : story.attacks;
  const planted = new Set(concerned.flatMap(({ ids }) => ids));
  const wrong = alerts.filter(({ documents }) => !documents.some((id) => planted.has(id)));
  return {
    found: attacks.length - missed.length,
    attacks: attacks.length,
    right: alerts.length - wrong.length,
    alerts: alerts.length,
    complaints: [
      ...(attacks.length === 0 ? [`${key}: nobody attacks it`] : []),
      ...missed.map((attack) => `${seed}: ${key} does not see that ${attack.story}`),
      ...wrong.map(
        ({ about, at, documents }) =>
          `${seed}: ${key} speaks of ${JSON.stringify(about)} at ${new Date(at).toISOString()}, ${documents.length} documents`,
      ),
    ],
  };
}

/** What is wrong with a rule on these days: attacks that it does not see, and days on which it should be silent. */
export const complaints = async (...args: Parameters<typeof judge>): Promise<readonly string[]> =>
  (await judge(...args)).complaints;
