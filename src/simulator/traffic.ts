/** The truth of a simulated Feishu tenant: a list of records, written before the first is served. */
import { toTruth, type TruthRecord, type VendorRecord } from './audit-record.ts';
import { createCompany, type Api, type App } from './company.ts';
import { createRandom, type Random } from './random.ts';

export type TrafficOptions = {
  readonly seed: string;
  readonly events: number;
  /** The stretch that the events lie in, epoch seconds, half-open. */
  readonly from: number;
  readonly to: number;
  /** Share of odd records. */
  readonly odd: number;
  /** Share of records that the vendor publishes up to `lateSeconds` after their time. */
  readonly late: number;
  readonly lateSeconds: number;
};

export type Traffic = { readonly records: readonly TruthRecord[]; readonly apps: readonly App[] };

const DAY = 86_400;
/** Shanghai: the company's clock. */
const ZONE_OFFSET = 8 * 3_600;
type Failure = { readonly status: number; readonly code: number; readonly msg: string };

const FAILURES: readonly (readonly [number, Failure])[] = [
  [4, { status: 400, code: 99992402, msg: 'field validation failed' }],
  [3, { status: 403, code: 99991672, msg: 'Access denied. One of the following scopes is required' }],
  [2, { status: 404, code: 1061003, msg: 'not found' }],
  [2, { status: 429, code: 99991400, msg: 'request trigger frequency limit' }],
  [1, { status: 500, code: 1663, msg: 'internal error' }],
];

/** Office hours are busy, nights belong to scheduled jobs. */
function moment(random: Random, from: number, to: number, nightly: boolean): number {
  for (let tries = 0; tries < 20; tries += 1) {
    const time = from + random.below(to - from);
    const hour = Math.floor(((time + ZONE_OFFSET) % DAY) / 3_600);
    const weekday = new Date((time + ZONE_OFFSET) * 1_000).getUTCDay();
    const office = hour >= 9 && hour < 19 && weekday >= 1 && weekday <= 5;
    if (random.chance(office ? 1 : nightly ? 0.5 : 0.1)) return time;
  }
  return from + random.below(to - from);
}

function fill(template: string, random: Random): string {
  return template.replaceAll(/:([a-z_]+)/g, (_, name: string) => `${name.slice(0, 2)}_${random.text(14)}`);
}

function call(app: App, api: Api, id: string, time: number, random: Random): VendorRecord {
  const [, method = 'GET', template = ''] = /^([A-Z]+)(\/.*)$/.exec(api.key) ?? [];
  const failure = random.chance(0.05) ? random.weighted(FAILURES) : undefined;
  return {
    id,
    api_key: api.key,
    event_time: time,
    app_id: app.id,
    ip: random.pick(app.addresses),
    log_detail: {
      path: fill(template, random),
      method,
      query_param: JSON.stringify(api.query?.(random) ?? {}),
      payload: JSON.stringify(api.payload?.(random) ?? {}),
      status_code: failure?.status ?? 200,
      response: JSON.stringify(
        failure === undefined
          ? { code: 0, msg: 'success' }
          : { code: failure.code, msg: failure.msg, error: { log_id: random.text(32) } },
      ),
    },
  };
}

/** Sorted by the time the vendor lists them. */
export function createTraffic({ seed, events, from, to, odd, late, lateSeconds }: TrafficOptions): Traffic {
  const random = createRandom(`${seed}/traffic`);
  const apps = createCompany(random);
  const records = Array.from({ length: events }, (_, index) => {
    const app = random.pick(apps);
    const id = `7${String(index).padStart(9, '0')}${String(random.below(1e9)).padStart(9, '0')}`;
    const time = moment(random, from, to, app.nightly);
    const publishedAt = random.chance(late) ? time + 1 + random.below(lateSeconds) : time;
    return toTruth(call(app, random.pick(app.apis), id, time, random), random, odd, publishedAt);
  });
  return { records: records.toSorted((a, b) => a.listedAt - b.listedAt || (a.id < b.id ? -1 : 1)), apps };
}
