/** A record of Feishu's audit log as the vendor documents it, and the odd ones that come all the same. */
import type { Random } from './random.ts';

/** `event_time` in epoch seconds; the texts are JSON encoded as strings. */
export type VendorRecord = {
  id: string;
  api_key: string;
  event_time: number;
  app_id: string;
  ip: string;
  log_detail: {
    path: string;
    method: string;
    query_param: string;
    payload: string;
    status_code: number;
    response: string;
  };
};

/** One entry of the simulator's truth. */
export type TruthRecord = {
  /** When the vendor lists it, epoch seconds; for a record without a usable time of its own. */
  readonly listedAt: number;
  /** From when on the vendor shows it, epoch seconds; later than `listedAt` for a late event. */
  readonly publishedAt: number;
  /** As served: an odd record may lack anything. */
  readonly served: Record<string, unknown>;
  readonly id: string;
  readonly odd: OddKind | undefined;
  /** Whether a document can be made of it; the others belong into dead letters. */
  readonly storable: boolean;
};

type OddKind = (typeof ODD_KINDS)[number];

const ODD_KINDS = [
  'no-detail', 'bad-address', 'status-zero', 'payload-not-json', 'payload-deep', 'payload-many-keys', 'payload-large', 'nul',
  'lone-surrogates', 'numeric-id', 'string-time', 'no-time', 'absurd-time',
] as const; // prettier-ignore

function nested(levels: number): string {
  return `${'{"in":'.repeat(levels)}"most"${'}'.repeat(levels)}`;
}

function spoil(kind: OddKind, record: VendorRecord, random: Random): Record<string, unknown> {
  const detail = record.log_detail;
  const withDetail = (change: Partial<VendorRecord['log_detail']>): Record<string, unknown> => ({
    ...record,
    log_detail: { ...detail, ...change },
  });
  const { log_detail: _detail, ...bare } = record;
  const { event_time: _time, ...timeless } = record;
  switch (kind) {
    case 'no-detail':
      return bare;
    case 'bad-address':
      return { ...record, ip: random.pick(['unknown', '', '999.1.2.3', '10.0.0.1, 1.2.3.4']) };
    case 'status-zero':
      return withDetail({ status_code: 0 });
    case 'payload-not-json':
      return withDetail({ payload: '{"broken": tru', query_param: 'a=1&b' });
    case 'payload-deep':
      return withDetail({ payload: nested(200) });
    case 'payload-many-keys':
      return withDetail({
        payload: JSON.stringify(
          Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`key_${index}`, index])),
        ),
      });
    case 'payload-large':
      return withDetail({ payload: JSON.stringify({ blob: 'x'.repeat(1_000_000) }) });
    case 'nul':
      return withDetail({ payload: JSON.stringify({ 'a\0b': 'c\0d', plain: '\0' }) });
    case 'lone-surrogates':
      return withDetail({ payload: '{"text":"\uD800 alone \uDC00"}' });
    case 'numeric-id':
      return { ...record, id: Number(record.id.slice(-15)) };
    case 'string-time':
      return { ...record, event_time: String(record.event_time) };
    case 'no-time':
      return timeless;
    case 'absurd-time':
      return { ...record, event_time: 12 };
  }
}

/** An ordinary record, or with this probability one of the odd kinds. */
export function toTruth(
  record: VendorRecord,
  random: Random,
  oddProbability: number,
  publishedAt: number,
): TruthRecord {
  if (!random.chance(oddProbability))
    return { listedAt: record.event_time, publishedAt, served: record, id: record.id, odd: undefined, storable: true };
  const odd = random.pick(ODD_KINDS);
  const served = spoil(odd, record, random);
  return {
    listedAt: record.event_time,
    publishedAt,
    served,
    id: String(served['id']),
    odd,
    storable: odd !== 'no-time' && odd !== 'absurd-time',
  };
}
