/** What running apps looks like: old secrets, moves, releases, and errors that never end. */
import { CONTACTS_RANGE, GET_USER, HOUR, MINUTE, SECRETS, TOKEN } from './apis.ts';
import { BAD_FIELD, BAD_SECRET, DENIED, type Call } from './call.ts';
import { APIS, type App } from './company.ts';
import { spread, type Stage } from './stage.ts';

export const at = (app: App): Pick<Call, 'app' | 'ip'> => ({ app, ip: app.addresses[0] as string });

export const HARMLESS = ['contact', 'im', 'bitable', 'approval', 'calendar', 'attendance', 'mail']
  .flatMap((family) => APIS[family] ?? [])
  .map(({ key }) => key);

/** Secrets that are replaced, apps that move, and scopes that are granted, as it is done. */
export function operations({ random, named, parts, workday, lastDay }: Stage): Call[] {
  const [rotated, regions, moved, released] = [
    parts['Rotated'],
    parts['Two regions'],
    parts['Moved'],
    parts['Released'],
  ];
  const deployer = at(parts['Role manager']);
  const [east, west, elsewhere] = ['198.18.1.1', '198.18.2.2', '198.18.3.3'];
  const yesterday = (hour: number): number => workday(1, hour);
  const application = (app: App) => ({ path: { app_id: app.id } });
  return [
    // The old secret until the new one is there, from the same network.
    { ...deployer, key: SECRETS, ...application(rotated), time: lastDay(9) },
    ...spread(random, 8, lastDay(9) - 8 * HOUR, 7 * HOUR, () => ({ ...at(rotated), key: TOKEN })),
    ...spread(random, 5, lastDay(9) + MINUTE, 10 * MINUTE, () => ({ ...at(rotated), key: TOKEN, failure: BAD_SECRET })),
    ...spread(random, 5, lastDay(9) + 12 * MINUTE, 5 * HOUR, () => ({ ...at(rotated), key: TOKEN })),
    // Two regions at work all day, of which one had an old secret once.
    ...[east, west].flatMap((ip) => spread(random, 20, lastDay(10) - 10 * HOUR, 14 * HOUR, () => ({ app: regions, ip, key: TOKEN }))),
    { app: regions, ip: elsewhere, key: TOKEN, failure: BAD_SECRET, time: lastDay(10) },
    // Refused in the morning, at work from a new network in the afternoon.
    ...spread(random, 3, lastDay(8), 10 * MINUTE, () => ({ ...at(moved), key: TOKEN, failure: BAD_SECRET })),
    ...spread(random, 6, lastDay(8) - 6 * HOUR, 5 * HOUR, () => ({ ...at(moved), key: TOKEN })),
    ...spread(random, 6, lastDay(11), HOUR, () => ({ app: moved, ip: elsewhere, key: TOKEN })),
    // Configured, and used later; or used at once for what it always did. Its badge and its picture are nobody's concern.
    { ...deployer, key: CONTACTS_RANGE, ...application(released), time: workday(8, 15) },
    { ...deployer, key: CONTACTS_RANGE, ...application(released), time: yesterday(9) },
    ...spread(random, 12, yesterday(5), 8 * HOUR, () => ({ ...at(released), key: GET_USER })),
    { ...at(released), key: GET_USER, time: yesterday(4) },
    { ...at(released), key: 'POST/open-apis/attendance/v1/user_tasks/query', time: yesterday(12) },
    { ...at(released), key: 'POST/open-apis/application/v6/app_badge/set', time: lastDay(10) },
    { ...at(released), key: 'GET/open-apis/application/v6/applications/:app_id/webhooks', time: lastDay(10) },
    { app: named('Document search'), ip: at(released).ip, key: 'GET/open-apis/drive/v1/files/:file_token/view_records', time: lastDay(10) },
  ]; // prettier-ignore
}

/** What trickles all day is a burst only to whoever counts by when it was indexed, after an outage. */
export function trickles({ random, parts, to }: Stage): Call[] {
  const start = to - 4 * 24 * HOUR - 12 * HOUR;
  const trickle = (app: App, count: number, failure: Call['failure'], keyOf: (index: number) => string): Call[] =>
    Array.from({ length: count }, (_, index) => ({
      ...at(app),
      key: keyOf(index),
      failure,
      time: start + Math.floor((index * 8 * HOUR) / count) + random.below(MINUTE),
    }));
  const anyOf = (index: number): string => HARMLESS[index % HARMLESS.length] as string;
  return [
    ...trickle(parts['Partner job'], 48, BAD_FIELD, anyOf),
    ...trickle(parts['Misconfigured portal'], 48, DENIED, anyOf),
    ...trickle(parts['Old secret'], 160, BAD_SECRET, () => TOKEN),
  ];
}
