/** What is stored beside what the vendor has: by id and by content, for an event with the wrong action, caller or time is wrong, not there. */
import { backingNames } from '../../src/adapters/elasticsearch/backing-indices.ts';
import { documentsOf } from '../../src/adapters/elasticsearch/evidence.ts';
import { DEAD_LETTERS, LEDGER, streamName } from '../../src/adapters/elasticsearch/names.ts';
import { documentId } from '../../src/sdk/document-id.ts';
import type { Interval } from '../../src/core/time/intervals.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import type { Simulator } from '../../src/dev/simulator/index.ts';
import { SOURCE, TENANT } from './subject.ts';
import type { Event } from './proofs.ts';
import { waitUntil } from './world.ts';

const SECOND = 1_000;

type Document = {
  readonly '@timestamp': string;
  readonly event: { readonly id: string; readonly action: string; readonly created: string };
  readonly shenji: { readonly stream: string };
  readonly user: { readonly id: string };
};

export type Compared = {
  /** Every event of the vendor; what is neither stored nor a dead letter is absent. */
  readonly events: readonly Event[];
  readonly documents: number;
  readonly missing: readonly string[];
  readonly double: readonly string[];
  readonly wrong: readonly string[];
  /** Refused records that no replay and no later reading has made a document of. */
  readonly falseDeadLetters: number;
};

/** By document id, of letters that name one. */
async function lettersIn({ elasticsearch }: Runtime, index: string): Promise<Set<string>> {
  const ids = new Set<string>();
  if (!(await elasticsearch.indices.exists({ index }))) return ids;
  type Letter = { readonly event: { readonly kind: string }; readonly shenji: { readonly document?: { id: string } } };
  for await (const { id, source } of documentsOf<Letter>(elasticsearch, index, [], ['event.kind', 'shenji.document']))
    if (source.event.kind === 'pipeline_error') ids.add(source.shenji.document?.id ?? id);
  return ids;
}

export async function compare(runtime: Runtime, vendor: Simulator): Promise<Compared> {
  const { elasticsearch, config } = runtime;
  const index = `logs-${SOURCE}-${config.namespace}`;
  const dead = streamName(DEAD_LETTERS, config.namespace);
  // A shard that does not refresh hides what was written last.
  await waitUntil(async () => {
    const { _shards: shards } = await elasticsearch.indices.refresh({ index: [index, dead], ignore_unavailable: true });
    return shards?.failed === 0;
  });
  const truth = new Map(vendor.truth.records.map(({ id, served }) => [id, served]));
  const seen = new Map<string, string>();
  const double: string[] = [];
  const wrong: string[] = [];
  const fields = ['@timestamp', 'event', 'user.id', 'shenji.stream'];
  for await (const { source, index: lies } of documentsOf<Document>(elasticsearch, index, [], fields)) {
    const { id, action } = source.event;
    const served = truth.get(id);
    const copy = `${lies} written ${source.event.created} by ${source.shenji.stream}`;
    if (seen.has(id)) double.push(`${id}: ${seen.get(id)} and ${copy}`);
    seen.set(id, copy);
    const same =
      served !== undefined &&
      served['api_key'] === action &&
      served['app_id'] === source.user.id &&
      served['event_time'] === Date.parse(source['@timestamp']) / SECOND;
    if (!same) wrong.push(id);
  }
  const letters = await lettersIn(runtime, dead);
  const events = vendor.truth.records.map(({ id, listedAt }): Event => {
    const time = listedAt * SECOND;
    const isRefused = letters.delete(documentId(TENANT, SOURCE, id, new Date(time)));
    return { id, time, fate: seen.has(id) ? 'stored' : isRefused ? 'refused' : 'absent' };
  });
  return {
    events,
    documents: seen.size,
    missing: events.filter(({ fate }) => fate === 'absent').map(({ id }) => id),
    double,
    wrong,
    // Those that are left are of no event at all.
    falseDeadLetters: letters.size + events.filter(({ fate }) => fate === 'refused').length,
  };
}

/** Deletes some of what is stored, as an accident or an intruder does, and says what is left of the events. */
export async function deleteSome(
  { elasticsearch, config }: Runtime,
  events: readonly Event[],
  random: { below(limit: number): number; pick<T>(list: readonly T[]): T },
): Promise<readonly Event[]> {
  const index = `logs-${SOURCE}-${config.namespace}`;
  const stored = events.filter(({ fate }) => fate === 'stored');
  const doomed = new Set(Array.from({ length: 1 + random.below(12) }, () => random.pick(stored).id));
  type Found = { readonly event: { readonly id: string } };
  for await (const { id, index: lies, source } of documentsOf<Found>(elasticsearch, index, [], ['event.id']))
    if (doomed.has(source.event.id)) await elasticsearch.delete({ index: lies, id });
  await elasticsearch.indices.refresh({ index });
  return events.map((event) => (doomed.has(event.id) ? { ...event, fate: 'deleted' } : event));
}

/** The ledger's entries over this time range. */
async function entriesOver({ elasticsearch, config }: Runtime, { from, to }: Interval): Promise<string[]> {
  const covering = [
    { range: { 'shenji.window.from': { lt: to, format: 'epoch_millis' } } },
    { range: { 'shenji.window.to': { gt: from, format: 'epoch_millis' } } },
  ];
  const fields = ['@timestamp', 'event.start', 'shenji.window'];
  const lines: string[] = [];
  type Entry = { readonly '@timestamp': string; readonly shenji: { readonly window: object } };
  for await (const { source } of documentsOf<Entry>(
    elasticsearch,
    streamName(LEDGER, config.namespace),
    covering,
    fields,
  ))
    lines.push(`  ${source['@timestamp']} ${JSON.stringify(source.shenji.window)}`);
  return lines;
}

/** Where these events lie and what the ledger says of their moments, so that a failing seed can be understood. */
export async function evidenceFor(runtime: Runtime, vendor: Simulator, ids: readonly string[]): Promise<string[]> {
  const { elasticsearch, config } = runtime;
  const indices = await backingNames(elasticsearch, `logs-${SOURCE}-${config.namespace}`);
  const lines: string[] = [];
  for (const { id, listedAt, publishedAt } of vendor.truth.records.filter((record) => ids.includes(record.id))) {
    const time = listedAt * SECOND;
    const key = documentId(TENANT, SOURCE, id, new Date(time));
    const asked = indices.map((name) => ({ _index: name, _id: key }));
    const { docs } = await elasticsearch.mget({ docs: asked, _source: false });
    const lies = docs.filter((found) => 'found' in found && found.found).map(({ _index }) => _index);
    lines.push(
      `${id}: happened ${new Date(time).toISOString()}, published ${publishedAt - listedAt} s later, by id in ${lies.length === 0 ? 'no index' : lies.join(' and ')} of ${indices.length}`,
      ...(await entriesOver(runtime, { from: time, to: time + 1 })),
    );
  }
  return lines;
}

/** The same for places of which a proof said something wrong. */
export async function evidenceOver(
  runtime: Runtime,
  events: readonly Event[],
  places: readonly Interval[],
): Promise<string[]> {
  const lines: string[] = [];
  for (const { from, to } of places) {
    const inside = events.filter(({ time }) => time >= from && time < to);
    const fates = Object.entries(Object.groupBy(inside, ({ fate }) => fate)).map(
      ([fate, all]) => `${all.length} ${fate}`,
    );
    lines.push(`${new Date(from).toISOString()} and ${(to - from) / SECOND} s from there: ${fates.join(', ')}`);
    lines.push(...(await entriesOver(runtime, { from, to })));
  }
  return lines;
}
