/** The tenants of a soak: a few busy, many quiet; and whether each of their events is stored once. */
import type { Elasticsearch } from '../src/adapters/elasticsearch/client.ts';
import { documentsOf } from '../src/adapters/elasticsearch/evidence.ts';
import type { createRandom } from '../src/dev/simulator/random.ts';
import { firstFrom, secondOf, type Traffic } from './vendor.ts';

export type SoakTenant = { readonly id: string; readonly traffic: Traffic };
/** Whose traffic ends once its end is set. */
type Endless = { readonly id: string; readonly traffic: Traffic & { to: number } };

/** How many there are of a kind, with the fewest and the most events a minute. The busiest needs more than one job a minute. */
const KINDS = [
  { tenants: 1, fewest: 6_000, most: 6_000 },
  { tenants: 4, fewest: 200, most: 600 },
  { tenants: 15, fewest: 5, most: 50 },
  { tenants: 30, fewest: 0.1, most: 1 },
] as const;

/** Found by the later reading alone: listed after the lag is over. */
const LATE = { every: 101, seconds: 40 };

/** Fifty, with events from this moment on, in epoch seconds. */
export function soakTenants(random: ReturnType<typeof createRandom>, from: number): Endless[] {
  return KINDS.flatMap(({ tenants, fewest, most }) =>
    Array.from({ length: tenants }, () => fewest + random.next() * (most - fewest)),
  ).map((perMinute, number) => ({
    id: `t${number}`,
    traffic: { appId: `cli_soak_${number}`, perMinute, from, to: Infinity, late: LATE },
  }));
}

export type Stored = {
  readonly events: number;
  readonly missing: readonly string[];
  readonly double: readonly string[];
};

/** One tenant's events beside its documents: an event's number is its id. A byte for each event: a soak may take days. */
async function storedOf({ id: tenant, traffic }: SoakTenant, client: Elasticsearch, index: string): Promise<Stored> {
  const events = firstFrom(traffic, traffic.to);
  const copies = new Uint8Array(events);
  const strange: string[] = [];
  const own = [{ term: { 'organization.id': tenant } }];
  for await (const { source } of documentsOf<{ event: { id: string } }>(client, index, own, ['event.id'])) {
    const number = Number(source.event.id);
    if (number in copies) copies[number] = Math.min(255, (copies[number] ?? 0) + 1);
    else strange.push(`${tenant}: ${source.event.id}, which the vendor never listed`);
  }
  const numbersWith = (holds: (count: number) => boolean): string[] =>
    [...copies.entries()]
      .filter(([, count]) => holds(count))
      .map(([number]) => `${tenant}: ${number} of ${new Date(secondOf(traffic, number) * 1_000).toISOString()}`);
  return {
    events,
    missing: numbersWith((count) => count === 0),
    double: [...numbersWith((count) => count > 1), ...strange],
  };
}

export async function compareStored(
  tenants: readonly SoakTenant[],
  client: Elasticsearch,
  index: string,
): Promise<Stored> {
  await client.indices.refresh({ index });
  const all: Stored[] = [];
  for (const tenant of tenants) all.push(await storedOf(tenant, client, index));
  return {
    events: all.reduce((sum, { events }) => sum + events, 0),
    missing: all.flatMap(({ missing }) => missing),
    double: all.flatMap(({ double }) => double),
  };
}
