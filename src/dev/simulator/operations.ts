/** What running apps looks like: old secrets, moves, releases, and errors that never end. */
import { CONTACTS_RANGE, GET_USER, HOUR, MINUTE, SECRETS, TOKEN } from './apis.ts';
import { BAD_FIELD, BAD_SECRET, BAD_TOKEN, DENIED, TOO_MANY, type Call } from './call.ts';
import { APIS, type App } from './company.ts';
import { spread, type Stage } from './stage.ts';

export const at = (app: App): Pick<Call, 'app' | 'ip'> => ({ app, ip: app.addresses[0] as string });

export const HARMLESS = ['contact', 'im', 'bitable', 'approval', 'calendar', 'attendance', 'mail']
  .flatMap((family) => APIS[family] ?? [])
  .map(({ key }) => key);

/** Secrets that are replaced, apps that move, and scopes that are granted, as it is done. */
export function operations({ random, named, parts, workday, lastDay }: Stage): Call[] {
  const [badges, throttled, shared] = [parts['Badges'], parts['Throttled'], parts['Shared token']];
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
    { app: regions, ip: '198.18.4.4', key: TOKEN, time: lastDay(10) - 5 * MINUTE },
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
    { ...at(released), key: 'POST/open-apis/corehr/v2/employees/search', failure: DENIED, time: yesterday(9) + 10 * MINUTE },
    { ...at(released), key: 'POST/open-apis/im/v1/messages', time: yesterday(9) + 20 * MINUTE },
    // A badge is no secret, wherever the app works from then on.
    ...spread(random, 3, lastDay(10) - 5 * HOUR, 4 * HOUR, () => ({ ...at(badges), key: GET_USER })),
    { ...at(badges), key: 'POST/open-apis/application/v6/app_badge/set', time: lastDay(10) },
    { app: badges, ip: elsewhere, key: GET_USER, time: lastDay(10) + 40 * MINUTE },
    // At work from elsewhere before its secret was replaced; refused, or from nowhere that is known, after it.
    { app: rotated, ip: elsewhere, key: GET_USER, time: lastDay(9) - 5 * MINUTE },
    { app: rotated, ip: west, key: GET_USER, failure: BAD_TOKEN, time: lastDay(9) + 30 * MINUTE },
    { app: rotated, ip: 'unknown', key: GET_USER, time: lastDay(9) + 40 * MINUTE },
    // Configured before it ever called.
    { ...deployer, key: SECRETS, ...application(parts['New app']), time: lastDay(9) },
    // Told to wait, then at work from a new region; its old secret refused, and its token used elsewhere, or from nowhere.
    ...spread(random, 3, lastDay(8) - 5 * HOUR, 4 * HOUR, () => ({ ...at(throttled), key: TOKEN })),
    { ...at(throttled), key: TOKEN, failure: TOO_MANY, time: lastDay(8) },
    { app: throttled, ip: elsewhere, key: TOKEN, time: lastDay(8) + 20 * MINUTE },
    ...spread(random, 3, lastDay(8) - 5 * HOUR, 4 * HOUR, () => ({ ...at(shared), key: TOKEN })),
    { ...at(shared), key: TOKEN, failure: BAD_SECRET, time: lastDay(8) },
    { app: shared, ip: elsewhere, key: GET_USER, time: lastDay(8) + 20 * MINUTE },
    { app: shared, ip: 'unknown', key: TOKEN, time: lastDay(8) + 25 * MINUTE },
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
