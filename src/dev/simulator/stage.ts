/** The days on which a story of attacks plays: who is there, when it is, and what the apps that matter are called. */
import type { Call } from './call.ts';
import type { App } from './company.ts';
import type { Random } from './random.ts';

const HOUR = 3_600;
const DAY = 86_400;
/** Shanghai: the company's clock. */
export const ZONE_OFFSET = 8 * HOUR;
/** 0 for Sunday, by the company's clock. */
export const weekdayOf = (time: number): number => new Date((time + ZONE_OFFSET) * 1_000).getUTCDay();
export const isWeekend = (time: number): boolean => [0, 6].includes(weekdayOf(time));
/** Days of history that a story needs before its last day. */
export const STORY_DAYS = 15;
/** What a story plays on: its history, and the day of the attacks. */
export const HISTORY_DAYS = STORY_DAYS + 1;
/** The last day is a little longer than a day, so that each hour of the clock comes before the end. */
export const LAST_DAY_SECONDS = 26 * HOUR;

/** Apps with a part of their own, beside the company's ordinary ones. */
const PARTS = [
  'Nightly export', 'Search crawler', 'Link checker', 'Month-end batch', 'Release smoke test', 'Misconfigured portal',
  'Partner job', 'Bug bash', 'Token per call', 'Old secret', 'New app', 'Role manager', 'Staff portal', 'Wiki forms',
  'Full backup', 'Weekly report', 'Rotated', 'Two regions', 'Released', 'Moved',
] as const; // prettier-ignore
export type Part = (typeof PARTS)[number];

/** What the company tells its security team, and shenji's configuration: without it the rules would speak of it. */
export type Known = {
  readonly homeCountries: readonly string[];
  readonly knownNetworks: readonly string[];
  readonly adminApps: readonly string[];
  readonly nightApps: readonly string[];
  readonly exportApps: readonly string[];
};

export type Attack = {
  /** The name of the rule that has to speak. */
  readonly rule: string;
  /** What happens, in a sentence. */
  readonly story: string;
  readonly calls: readonly Call[];
  /** What the same app has done before, and may. */
  readonly habits: Call[];
};

export type Stage = {
  readonly random: Random;
  readonly ordinary: readonly App[];
  readonly parts: Readonly<Record<Part, App>>;
  /** The app that reads the audit log. */
  readonly ownApp: App;
  readonly to: number;
  readonly named: (name: string) => App;
  /** So many days before the end, at that hour of the company's clock. */
  readonly daysBefore: (days: number, hour: number) => number;
  /** As `daysBefore`, on the nearest earlier working day. */
  readonly workday: (days: number, hour: number) => number;
  /** In the last day, at that hour. */
  readonly lastDay: (hour: number) => number;
};

const HOME_NETWORKS = ['223.5.5', '114.114.114', '180.76.76'] as const;
/** Cloud regions and exits far from home. */
const ABROAD = ['185.220.101', '45.155.205', '91.198.174', '200.160.2'] as const;
const OFFICE = '202.96.209';

export const homeAddress = (random: Random): string => `${random.pick(HOME_NETWORKS)}.${1 + random.below(254)}`;
export const foreignAddress = (random: Random): string => `${random.pick(ABROAD)}.${1 + random.below(254)}`;
export const officeAddress = (random: Random): string => `${OFFICE}.${1 + random.below(254)}`;

/** `to` in epoch seconds. */
export function createStage(random: Random, ordinary: readonly App[], ownAppId: string, to: number): Stage {
  const part = (name: string, id = `cli_${random.text(16)}`): App => ({
    id,
    name,
    addresses: [homeAddress(random)],
    apis: [],
    hours: 'any',
  });
  const parts = Object.fromEntries(PARTS.map((name) => [name, part(name)])) as Record<Part, App>;
  const midnight = Math.floor((to + ZONE_OFFSET) / DAY) * DAY - ZONE_OFFSET;
  const daysBefore = (days: number, hour: number): number => midnight - days * DAY + Math.round(hour * HOUR);
  return {
    random,
    ordinary,
    parts,
    ownApp: part('shenji', ownAppId),
    to,
    named: (name) => ordinary.find((app) => app.name === name) as App,
    daysBefore,
    workday: (days, hour) => {
      let time = daysBefore(days, hour);
      while (isWeekend(time)) time -= DAY;
      return time;
    },
    lastDay: (hour) => {
      const today = daysBefore(0, hour);
      // An attack takes half an hour, and has to be over.
      return today < to - HOUR ? today : today - DAY;
    },
  };
}

/** What the company would write into shenji's configuration. */
export function knownOf({ ordinary, parts }: Stage): Known {
  return {
    homeCountries: ['CN'],
    knownNetworks: [`${OFFICE}.0/24`],
    adminApps: [parts['Role manager'].id],
    nightApps: ordinary.filter(({ name }) => name.startsWith('HR sync')).map(({ id }) => id),
    exportApps: [parts['Full backup'].id],
  };
}

/** So many calls spread over a time range of seconds, made by `make`. */
export function spread(
  random: Random,
  count: number,
  start: number,
  seconds: number,
  make: (index: number) => Omit<Call, 'time'>,
): Call[] {
  return Array.from({ length: count }, (_, index) => ({ ...make(index), time: start + random.below(seconds) }));
}
