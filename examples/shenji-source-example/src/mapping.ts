/** One activity as an ECS document. Pure: no clock, no I/O, and nothing invented where the vendor says nothing. */
import {
  bounded,
  flattened,
  keyword,
  textOf,
  UnmappableRecord,
  type DataStreamDefinition,
  type EcsDocument,
  type Geo,
} from 'shenji/source';

/** As the vendor documents it; every field may be missing or of another type. */
export type Activity = {
  readonly id?: unknown;
  /** ISO 8601. */
  readonly at?: unknown;
  readonly actor?: { readonly id?: unknown; readonly name?: unknown };
  readonly action?: unknown;
  readonly address?: unknown;
  readonly result?: unknown;
  /** Whatever the action was called with. */
  readonly detail?: unknown;
};

export const dataStream: DataStreamDefinition = {
  type: 'logs',
  ecsFields: [
    'event.id', 'event.action', 'user.id', 'user.name', 'source.address', 'source.ip', 'source.geo.country_iso_code',
    'source.geo.country_name', 'source.geo.city_name', 'source.geo.location', 'source.as.number', 'source.as.organization.name', 'related.ip', 'related.user',
  ],
  fields: {
    'example.activity.result': keyword('How it ended, in the words of the vendor'),
    'example.activity.detail': flattened('What the action was called with, redacted and bounded'),
  },
}; // prettier-ignore

/** @throws UnmappableRecord where there is none */
export function idOf({ id }: Activity): string {
  const text = textOf(id);
  if (text === undefined) throw new UnmappableRecord('id is missing');
  return text;
}

const EARLIEST = Date.UTC(2015, 0, 1);

/** @throws UnmappableRecord where it is missing or absurd: never "now" instead */
export function timeOf({ at }: Activity): Date {
  const time = new Date(textOf(at) ?? '');
  if (!(time.getTime() > EARLIEST)) throw new UnmappableRecord(`at is missing or no time: ${JSON.stringify(at)}`);
  return time;
}

const OUTCOMES: Readonly<Record<string, 'success' | 'failure'>> = {
  ok: 'success',
  refused: 'failure',
  failed: 'failure',
};

export function toDocument(activity: Activity, geo: Geo): EcsDocument {
  const address = textOf(activity.address);
  const isAddress = address !== undefined && /^[\d.]+$|:/.test(address);
  const [userId, userName] = [textOf(activity.actor?.id), textOf(activity.actor?.name)];
  const result = textOf(activity.result);
  return {
    '@timestamp': timeOf(activity).toISOString(),
    event: {
      kind: 'event',
      id: idOf(activity),
      action: textOf(activity.action),
      outcome: OUTCOMES[result ?? ''] ?? 'unknown',
    },
    observer: { vendor: 'Example', product: 'Activity log' },
    user: userId === undefined && userName === undefined ? undefined : { id: userId, name: userName },
    source: address === undefined ? undefined : { address, ...(isAddress ? { ip: address, ...geo(address) } : {}) },
    related: {
      ip: isAddress ? [address] : undefined,
      user: [userId, userName].filter((name) => name !== undefined),
    },
    example: {
      activity: {
        result,
        detail: activity.detail === undefined || activity.detail === null ? undefined : bounded(activity.detail).value,
      },
    },
  };
}
