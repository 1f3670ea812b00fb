/** What ordinary days hold that looks like an attack: each entry says which rule would speak if it were less careful. */
import { DOWNLOAD, GET_USER, HOUR, MINUTE, TOKEN } from './apis.ts';
import { BAD_FIELD, BAD_SECRET, BAD_TOKEN, DENIED, INTERNAL, NOT_FOUND, type Call } from './call.ts';
import type { App } from './company.ts';
import { at, HARMLESS, operations, trickles } from './operations.ts';
import { foreignAddress, homeAddress, officeAddress, spread, STORY_DAYS, weekdayOf, type Stage } from './stage.ts';

const PATCH_USER = 'PATCH/open-apis/contact/v3/users/:user_id';
const CREATE_USER = 'POST/open-apis/contact/v3/users';
const GRANT_ROLE = 'POST/open-apis/contact/v3/functional_roles/:role_id/members/batch_create';
const SHARE = 'PATCH/open-apis/drive/v1/permissions/:token/public';
const AUDIT_LOG = 'POST/open-apis/security_and_compliance/v1/openapi_logs/list_data';
const EXPORT_TASK = 'POST/open-apis/drive/v1/export_tasks';
const SEND = 'POST/open-apis/im/v1/messages';

/** The next address of the same network. */
const neighbour = (ip: string): string =>
  ip.includes(':')
    ? `${ip.slice(0, ip.lastIndexOf(':'))}:beef`
    : ip.replace(/\d+$/, (last) => `${(Number(last) % 254) + 1}`);

/** Mass export: many downloads of few files, many files but seldom, nothing found, and no export at all. */
function exportsThatAreJobs({ random, parts, daysBefore, workday, lastDay }: Stage): Call[] {
  const nights = Array.from({ length: STORY_DAYS }, (_, day) =>
    spread(random, 210, daysBefore(day, 2), 20 * MINUTE, (index) => ({
      ...at(parts['Nightly export']),
      key: DOWNLOAD,
      path: { file_token: `nightly_${index % 70}` },
    })),
  );
  const weeks = [1, 8].map((day) =>
    spread(random, 120, daysBefore(day, 4), 20 * MINUTE, (index) => ({
      ...at(parts['Search crawler']),
      key: DOWNLOAD,
      path: { file_token: `crawl_${day}_${index}` },
    })),
  );
  const dead = spread(random, 600, workday(1, 11), 50 * MINUTE, () => ({
    ...at(parts['Link checker']),
    key: DOWNLOAD,
    failure: NOT_FOUND,
  }));
  const batch = spread(random, 220, workday(3, 15), 25 * MINUTE, (index) => ({
    ...at(parts['Month-end batch']),
    key: HARMLESS[index % HARMLESS.length] as string,
  }));
  const everything = spread(random, 700, workday(1, 20), 25 * MINUTE, () => ({
    ...at(parts['Full backup']),
    key: DOWNLOAD,
  }));
  // People are no content, however many are read.
  const people = spread(random, 600, workday(1, 15), 50 * MINUTE, () => ({
    ...at(parts['Staff portal']),
    key: GET_USER,
  }));
  // Much on the last day, and no more than in the week before.
  const habit = [7, 6, 5, 4, 3, 2]
    .map((day): readonly [count: number, day: number] => [200, day])
    .concat([[520, 0]])
    .flatMap(([count, day]) =>
      spread(random, count, day === 0 ? lastDay(0) : daysBefore(day, 0), 6 * HOUR, () => ({
        ...at(parts['Weekly report']),
        key: DOWNLOAD,
      })),
    );
  // More than ever, and not yet much.
  const grown = spread(random, 300, workday(1, 9), 8 * HOUR, () => ({ ...at(parts['Search crawler']), key: DOWNLOAD }));
  return [...grown, ...nights.flat(), ...weeks.flat(), ...dead, ...batch, ...everything, ...people, ...habit];
}

/** Failing and denied calls: of few APIs, or few of them. */
function mishaps({ random, parts, workday }: Stage): Call[] {
  const failing = (app: App, count: number, apis: number, time: number, failure: Call['failure']): Call[] =>
    spread(random, count, time, 20 * MINUTE, (index) => ({
      ...at(app),
      key: HARMLESS[index % apis] as string,
      failure,
    }));
  return [
    ...failing(parts['Partner job'], 100, 4, workday(4, 10), INTERNAL),
    ...failing(parts['Bug bash'], 25, 8, workday(6, 16), BAD_FIELD),
    // People whose sign-ins have expired guess nothing.
    ...spread(random, 45, workday(4, 9), 20 * MINUTE, () => ({
      ...at(parts['Staff portal']),
      key: 'GET/open-apis/authen/v1/user_info',
      failure: BAD_TOKEN,
    })),
    // The scope misconfiguration.
    ...failing(parts['Misconfigured portal'], 60, 7, workday(7, 14), DENIED),
    // Denied on many and failing on some, together more than either rule leaves alone.
    ...failing(parts['Release smoke test'], 40, 9, workday(2, 17), DENIED),
    ...failing(parts['Release smoke test'], 20, 5, workday(2, 17), BAD_FIELD).map((call, index) => ({
      ...call,
      key: HARMLESS[9 + (index % 5)] as string,
    })),
  ];
}

/** Asking for a token again and again with the right secret, or now and then with an old one. */
function tokens({ random, parts, workday }: Stage): Call[] {
  return [
    ...spread(random, 80, workday(3, 13), 15 * MINUTE, () => ({ ...at(parts['Token per call']), key: TOKEN })),
    ...spread(random, 20, workday(9, 10), 15 * MINUTE, () => ({
      ...at(parts['Old secret']),
      key: TOKEN,
      failure: BAD_SECRET,
    })),
  ];
}

/** A new office, a laptop, a new app, and jobs that come round every eight days. */
function newcomers({ random, named, parts, lastDay }: Stage): Call[] {
  const hr = named('HR sync');
  const office = officeAddress(random);
  const laptop = homeAddress(random);
  const standby = homeAddress(random);
  const region = foreignAddress(random);
  const eightDays = 8 * 24 * HOUR;
  const again = (call: Call): Call[] => [call, { ...call, time: call.time - eightDays }];
  return [
    ...spread(random, 6, lastDay(10), HOUR, () => ({ app: hr, ip: office, key: PATCH_USER })),
    ...spread(random, 4, lastDay(14), HOUR, () => ({ app: hr, ip: laptop, key: GET_USER })),
    ...spread(random, 4, lastDay(15), HOUR, () => ({ app: named('Help desk bot'), ip: laptop, key: SEND })),
    ...spread(random, 40, lastDay(11), 4 * HOUR, (index) => ({
      ...at(parts['New app']),
      key: HARMLESS[index % HARMLESS.length] as string,
    })),
    ...spread(random, 5, lastDay(16), 30 * MINUTE, () => ({
      app: named('Payroll'),
      ip: foreignAddress(random),
      key: GET_USER,
      failure: BAD_TOKEN,
    })),
    // Another machine beside the one that it always had, and a call that came to nothing from a new one.
    ...spread(random, 3, lastDay(12), HOUR, () => ({
      app: hr,
      ip: neighbour(hr.addresses[0] as string),
      key: PATCH_USER,
    })),
    ...spread(random, 3, lastDay(13), HOUR, () => ({
      app: hr,
      ip: homeAddress(random),
      key: PATCH_USER,
      failure: BAD_TOKEN,
    })),
    ...again({ app: hr, ip: standby, key: PATCH_USER, time: lastDay(9) }),
    ...again({ app: named('Backup'), ip: region, key: DOWNLOAD, time: lastDay(3) }),
    ...again({ ...at(parts['Nightly export']), key: EXPORT_TASK, time: lastDay(2) }),
    { ...at(parts['Misconfigured portal']), key: EXPORT_TASK, time: lastDay(12), failure: DENIED },
  ];
}

/** Power that is granted where it should be, or not at all. */
function administration({ random, ordinary, named, parts, workday, lastDay }: Stage): Call[] {
  const onboarding = named('Onboarding');
  const application = 'application/v6/applications/:app_id';
  const staffApps = ordinary.filter(({ apis }) => apis.some(({ key }) => key === PATCH_USER));
  return [
    // No machine of theirs is so rarely at it that its turn comes for the first time on the last day.
    ...staffApps.flatMap((app) => app.addresses.map((ip) => ({ app, ip, key: PATCH_USER, time: workday(6, 10) }))),
    { ...at(parts['Role manager']), key: GRANT_ROLE, time: workday(4, 11) },
    { ...at(parts['Staff portal']), key: GRANT_ROLE, time: workday(6, 11) + 60, failure: DENIED },
    { ...at(parts['Staff portal']), key: CREATE_USER, time: workday(6, 11) },
    ...spread(random, 5, workday(5, 10), 10 * MINUTE, () => ({ ...at(onboarding), key: CREATE_USER })),
    { ...at(parts['Staff portal']), key: CREATE_USER, time: workday(1, 11) },
    { ...at(parts['Staff portal']), key: GRANT_ROLE, time: workday(1, 11) + 300, failure: DENIED },
    { ...at(parts['Role manager']), key: CREATE_USER, time: workday(1, 14) },
    { ...at(parts['Role manager']), key: GRANT_ROLE, time: workday(1, 14) + 300 },
    { ...at(named('Document search')), key: SHARE, time: workday(3, 11), payload: { link_share_entity: 'tenant_readable' } },
    { ...at(named('Document search')), key: SHARE, time: workday(3, 12), payload: { link_share_entity: 'anyone_readable' }, failure: DENIED },
    { ...at(parts['Wiki forms']), key: 'PUT/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/:record_id', time: workday(2, 12), payload: { link_share_entity: 'anyone_readable' } },
    { ...at(parts['Staff portal']), key: `GET/open-apis/${application}`, time: workday(2, 13) },
    { ...at(parts['Staff portal']), key: `PATCH/open-apis/${application}`, time: workday(2, 14), failure: DENIED },
    ...Array.from({ length: 24 }, (_, hour) => ({ app: parts['Staff portal'], ip: homeAddress(random), key: GET_USER, time: lastDay(hour) })),
  ]; // prettier-ignore
}

/** A colleague on a night shift, and changes just before the office opens and just after it closes. */
function nights({ random, named, daysBefore, workday }: Stage): Call[] {
  const [desk, onboarding, payroll] = [named('Help desk bot'), named('Onboarding'), named('Payroll')];
  const friday = [...Array(7).keys()].map((day) => workday(day + 1, 13)).find((time) => weekdayOf(time) === 5);
  return [
    ...[1, 2, 3].flatMap((day) => spread(random, 15, daysBefore(day, 1), 4 * HOUR, () => ({ ...at(desk), key: SEND }))),
    ...spread(random, 6, daysBefore(2, 1), 4 * HOUR, () => ({ ...at(payroll), key: GET_USER })),
    ...spread(random, 4, daysBefore(2, 2), 2 * HOUR, () => ({
      ...at(onboarding),
      key: PATCH_USER,
      failure: BAD_FIELD,
    })),
    { ...at(onboarding), key: PATCH_USER, time: workday(3, 7.5) },
    { ...at(onboarding), key: PATCH_USER, time: workday(3, 21.5) },
    { ...at(onboarding), key: PATCH_USER, time: friday ?? workday(1, 13) },
    ...spread(random, 4, daysBefore(1, 3), HOUR, () => ({ ...at(named('HR sync')), key: PATCH_USER })),
  ];
}

/** shenji itself, every hour. */
function collection({ ownApp, daysBefore }: Stage): Call[] {
  return Array.from({ length: STORY_DAYS * 24 }, (_, hour) => ({
    ...at(ownApp),
    key: AUDIT_LOG,
    time: daysBefore(0, 0) - hour * HOUR,
  }));
}

/** All of it, within the time range that the story has. */
export function lookalikes(stage: Stage): Call[] {
  return [exportsThatAreJobs, mishaps, trickles, tokens, newcomers, operations, administration, nights, collection]
    .flatMap((act) => act(stage))
    .filter(({ time }) => time < stage.to);
}
