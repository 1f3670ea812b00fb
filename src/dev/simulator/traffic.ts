/** The truth of a simulated Feishu tenant: a list of records, written before the first is served. */
import { toTruth, type TruthRecord } from './audit-record.ts';
import { attacks } from './attacks.ts';
import { BAD_FIELD, DENIED, INTERNAL, NOT_FOUND, recordOf, type Call, type Failure } from './call.ts';
import { createCompany, type Api, type App } from './company.ts';
import { lookalikes } from './lookalikes.ts';
import { createRandom, type Random } from './random.ts';
import {
  createStage,
  isWeekend,
  knownOf,
  LAST_DAY_SECONDS,
  STORY_DAYS,
  ZONE_OFFSET,
  type Attack,
  type Known,
} from './stage.ts';

export type TrafficOptions = {
  readonly seed: string;
  readonly events: number;
  /** The time range that the events lie in, epoch seconds, half-open. */
  readonly from: number;
  readonly to: number;
  /** Share of odd records. */
  readonly odd: number;
  /** Share of records that the vendor publishes up to `lateSeconds` after their time. */
  readonly late: number;
  readonly lateSeconds: number;
  /** Adds a story of attacks, and what looks like them: the time range must hold its days. The text is our own app's id. */
  readonly story: string | undefined;
};

/** An attack that was planted, with the vendor's ids of its records. */
export type PlantedAttack = Pick<Attack, 'rule' | 'story'> & { readonly ids: readonly string[] };

export type Story = {
  readonly known: Known;
  readonly attacks: readonly PlantedAttack[];
  /** Epoch seconds: before it there is no attack. */
  readonly attacksFrom: number;
};

export type Traffic = {
  readonly records: readonly TruthRecord[];
  /** Apps that just do their work. */
  readonly ordinary: readonly App[];
  readonly apps: readonly App[];
  readonly story: Story | undefined;
};

const DAY = 86_400;

const FAILURES: readonly (readonly [number, Failure])[] = [
  [4, BAD_FIELD],
  [3, DENIED],
  [2, NOT_FOUND],
  [2, { status: 429, code: 99991400, msg: 'request trigger frequency limit' }],
  [1, INTERNAL],
];

/** How likely an app is at work then, beside office hours. */
export function activity(hours: App['hours'], time: number): number {
  const hour = Math.floor(((time + ZONE_OFFSET) % DAY) / 3_600);
  const office = hour >= 9 && hour < 19 && !isWeekend(time);
  return office ? 1 : { any: 0.5, 'mostly office': 0.1, office: 0 }[hours];
}

/** Office hours are busy, nights belong to scheduled jobs. */
function moment(random: Random, from: number, to: number, hours: App['hours']): number {
  for (let tries = 0; tries < 20 || hours === 'office'; tries += 1) {
    const time = from + random.below(to - from);
    if (random.chance(activity(hours, time))) return time;
    // A time range without any office hour.
    if (tries > 500) break;
  }
  return from + random.below(to - from);
}

export function ordinaryCall(app: App, api: Api, time: number, random: Random): Call {
  return {
    app,
    key: api.key,
    time,
    ip: random.pick(app.addresses),
    query: api.query?.(random),
    payload: api.payload?.(random),
    failure: random.chance(0.05) ? random.weighted(FAILURES) : undefined,
  };
}

function tell(
  ownAppId: string,
  apps: readonly App[],
  { from, to }: TrafficOptions,
  random: Random,
): { records: TruthRecord[]; apps: readonly App[]; story: Story } {
  if (to - from < STORY_DAYS * DAY) throw new RangeError(`a story of attacks needs ${STORY_DAYS} days`);
  const stage = createStage(random, apps, ownAppId, to);
  let count = 0;
  const publish = (call: Call): TruthRecord => {
    count += 1;
    const id = `8${String(count).padStart(9, '0')}${String(random.below(1e9)).padStart(9, '0')}`;
    return toTruth(recordOf(call, id, random), random, 0, call.time);
  };
  const plans = attacks(stage);
  const benign = [...lookalikes(stage), ...plans.flatMap(({ habits }) => habits)]
    .filter(({ time }) => time >= from)
    .map(publish);
  const planted = plans.map(({ rule, story, calls }) => ({ rule, story, records: calls.map(publish) }));
  return {
    records: [...benign, ...planted.flatMap(({ records }) => records)],
    apps: [...apps, ...Object.values(stage.parts), stage.ownApp],
    story: {
      known: knownOf(stage),
      attacks: planted.map(({ rule, story, records }) => ({ rule, story, ids: records.map(({ id }) => id) })),
      attacksFrom: to - LAST_DAY_SECONDS,
    },
  };
}

/** Sorted by the time the vendor lists them. */
export function createTraffic(options: TrafficOptions): Traffic {
  const { seed, events, from, to, odd, late, lateSeconds } = options;
  const random = createRandom(`${seed}/traffic`);
  const apps = createCompany(random);
  const records = Array.from({ length: events }, (_, index) => {
    const app = random.pick(apps);
    const id = `7${String(index).padStart(9, '0')}${String(random.below(1e9)).padStart(9, '0')}`;
    const time = moment(random, from, to, app.hours);
    const publishedAt = random.chance(late) ? time + 1 + random.below(lateSeconds) : time;
    return toTruth(
      recordOf(ordinaryCall(app, random.pick(app.apis), time, random), id, random),
      random,
      odd,
      publishedAt,
    );
  });
  const told =
    options.story === undefined ? undefined : tell(options.story, apps, options, createRandom(`${seed}/story`));
  return {
    records: [...records, ...(told?.records ?? [])].toSorted(
      (a, b) => a.listedAt - b.listedAt || (a.id < b.id ? -1 : 1),
    ),
    ordinary: apps,
    apps: told?.apps ?? apps,
    story: told?.story,
  };
}
