/** Attacks through the OpenAPI, one or more for each rule; app, address, volume and time vary with the seed. */
import { CONTENT, MINUTE, ONE_PLACE, TOKEN } from './apis.ts';
import { BAD_FIELD, BAD_SECRET, DENIED, INTERNAL, NOT_FOUND, type Call } from './call.ts';
import { APIS, type App } from './company.ts';
import { sequences } from './sequences.ts';
import { foreignAddress, homeAddress, isWeekend, spread, type Attack, type Stage } from './stage.ts';

const EVERYTHING = Object.values(APIS)
  .flat()
  .map(({ key }) => key);
const USERS = 'open-apis/contact/v3/users';
const ROLE_MEMBERS = 'open-apis/contact/v3/functional_roles/:role_id/members';
const HIGH_RISK = [
  ['POST/open-apis/admin/v1/password/reset', 'resets a password'],
  [`POST/${ROLE_MEMBERS}/batch_create`, 'gives a role'],
  [`DELETE/${USERS}/:user_id`, 'deletes a person'],
  ['POST/open-apis/drive/v1/permissions/:token/members/transfer_owner', 'takes a document over'],
  ['POST/open-apis/drive/v1/export_tasks', 'exports a document'],
  ['GET/open-apis/mail/v1/user_mailboxes/:user_mailbox_id/messages', 'reads mail'],
  ['GET/open-apis/vc/v1/meetings/:meeting_id/recording', 'fetches a recording'],
  ['POST/open-apis/corehr/v2/employees/search', 'reads personnel files'],
  ['POST/open-apis/calendar/v4/settings/generate_caldav_conf', 'gets a password for calendars'],
] as const;
/** Those of them that an app may well need every week. */
const FAMILIAR = HIGH_RISK.slice(4).map(([key]) => key);
const FILES = [
  'GET/open-apis/drive/v1/files/:file_token/download',
  'GET/open-apis/vc/v1/meetings/:meeting_id/recording',
  'GET/open-apis/task/v2/attachments/:attachment_guid',
  'GET/open-apis/hire/v1/attachments/:attachment_id',
] as const;
/** The apps whose secrets were stolen: each attack has one of its own, so that none hides behind another. */
// oxlint-disable-next-line max-lines-per-function -- a table: one entry for each attack
export function attacks(stage: Stage): Attack[] {
  const { random, ordinary, lastDay, daysBefore, to } = stage;
  const free = ordinary
    .filter(({ name, hours }) => hours !== 'office' && !name.startsWith('HR sync') && name !== 'Backup')
    .map((app) => ({ app, order: random.next() }));
  const victims = free.toSorted((a, b) => a.order - b.order).map(({ app }) => app);
  const victim = (): App => victims.shift() as App;
  const own = (app: App): Pick<Call, 'app' | 'ip'> => ({ app, ip: random.pick(app.addresses) });
  const sometime = (): number => lastDay(random.below(24)) + random.below(20 * MINUTE);
  const between = (low: number, high: number): number => low + random.below(high - low + 1);
  const list: Attack[] = [];
  const plan = (rule: string, story: string, calls: readonly Call[], habits: Call[] = []): void =>
    void list.push({ rule, story, calls, habits });

  const failing = own(victim());
  plan(
    'failing-calls',
    'a stolen token is tried on one API after the other, each once',
    spread(random, between(22, EVERYTHING.length), sometime(), between(8, 20) * MINUTE, (index) => ({
      ...failing,
      key: EVERYTHING[index] as string,
      failure: random.pick([BAD_FIELD, NOT_FOUND, INTERNAL]),
    })),
  );

  const moved = victim();
  // Half of them come from where another app changes staff every day: only the pair is new.
  const strangeAddress = random.chance(0.5) ? homeAddress(random) : (stage.named('HR sync').addresses[0] as string);
  // The app itself may change staff, and does so from its own address.
  plan(
    'new-address',
    'staff records are changed from a network that the app never had',
    spread(random, between(1, 6), sometime(), 10 * MINUTE, () => ({
      app: moved,
      ip: strangeAddress,
      key: random.pick([
        `PATCH/${USERS}/:user_id`,
        `POST/${USERS}`,
        `DELETE/open-apis/contact/v3/departments/:department_id`,
      ]),
    })),
    [{ ...own(moved), key: `PATCH/${USERS}/:user_id`, time: stage.workday(5, 10) }],
  );

  const abroad = victim();
  const exit = foreignAddress(random);
  plan(
    'new-country',
    'an app suddenly works from abroad',
    spread(random, between(3, 20), sometime(), 20 * MINUTE, () => ({
      app: abroad,
      ip: exit,
      key: random.pick(abroad.apis.length === 0 ? ['GET/open-apis/im/v1/messages'] : abroad.apis.map(({ key }) => key)),
    })),
  );

  const explorer = own(victim());
  const exploredAt = sometime();
  // Half of them may do one of these since long: only the others are new.
  const familiar = random.chance(0.5) ? random.pick(FAMILIAR) : undefined;
  for (const [index, [key, deed]] of HIGH_RISK.entries()) {
    if (key === familiar) continue;
    plan('first-high-risk-call', `an app ${deed}, for the first time`, [
      { ...explorer, key, time: exploredAt + index * between(5, 60) },
    ]);
  }
  if (familiar !== undefined) list[0]?.habits.push({ ...explorer, key: familiar, time: stage.workday(5, 14) });

  for (const [story, keys] of [
    ['files are downloaded one by one, each once', FILES],
    ['documents, tables, chats and mail are read page by page', CONTENT],
  ] as const) {
    const thief = own(victim());
    plan(
      'mass-export',
      story,
      spread(random, between(320, 500), sometime(), between(10, 22) * MINUTE, (index) => ({
        ...thief,
        key: keys[index % keys.length] as string,
        path: ONE_PLACE,
        query: { page_token: `${index}` },
      })),
    );
  }

  const climber = own(victim());
  const climbedAt = sometime();
  plan(
    'power-granted',
    'an app gives a role to an account',
    spread(random, between(1, 3), climbedAt, 10 * MINUTE, () => ({
      ...climber,
      key: random.pick([
        `POST/${ROLE_MEMBERS}/batch_create`,
        `PATCH/${ROLE_MEMBERS}/scopes`,
        'POST/open-apis/admin/v1/password/reset',
      ]),
    })),
    // An account that comes after the role is not the one that got it.
    [{ ...climber, key: `POST/${USERS}`, time: climbedAt + 10 * MINUTE }],
  );

  const editor = own(victim());
  plan(
    'app-credential-changed',
    "an app's callback address and secret are replaced",
    [
      'PATCH/open-apis/application/v6/applications/:app_id',
      'POST/open-apis/application/v6/applications/:app_id/secrets',
      'DELETE/open-apis/application/v6/applications/:app_id/webhooks/:webhook_id',
      'PUT/open-apis/application/v6/applications/:app_id/owner',
    ].map((key, index) => ({ ...editor, key, time: exploredAt + index * 60 })),
  );

  const maker = own(victim());
  const madeAt = sometime();
  plan('user-made-admin', 'an account is created and made an administrator', [
    { ...maker, key: `POST/${USERS}`, time: madeAt },
    { ...maker, key: `POST/${ROLE_MEMBERS}/batch_create`, time: madeAt + between(10, 900) },
  ]);
  const [creator, giver] = [own(victim()), own(victim())];
  const person = `ou_${random.text(12)}`;
  plan('user-made-admin', 'one app creates an account, another one makes it an administrator', [
    { ...creator, key: `POST/${USERS}`, payload: { user_id: person }, time: madeAt - between(10, 9_000) },
    {
      ...giver,
      key: `POST/${ROLE_MEMBERS}/batch_create`,
      payload: { members: [person] },
      time: madeAt,
    },
  ]);

  const prober = own(victim());
  plan(
    'scope-probing',
    'an app tries what it may do, each API once',
    spread(random, between(22, EVERYTHING.length), sometime(), between(8, 20) * MINUTE, (index) => ({
      ...prober,
      key: EVERYTHING[index] as string,
      failure: DENIED,
    })),
  );

  const guesser = homeAddress(random);
  plan(
    'token-brute-force',
    'secrets of many apps are guessed from one address',
    spread(random, between(60, 150), sometime(), between(8, 20) * MINUTE, () => ({
      app: random.pick(ordinary),
      ip: guesser,
      key: TOKEN,
      failure: BAD_SECRET,
    })),
  );

  const nightly = own(victim());
  const weekendNoon = [0, 1].map((day) => daysBefore(day, 12)).find((time) => isWeekend(time) && time < to - 3_600);
  plan(
    'sensitive-off-hours',
    'staff records are changed when nobody is at work',
    [lastDay(between(0, 6)), lastDay(between(22, 23)), weekendNoon]
      .filter((time) => time !== undefined)
      .map((time) => ({
        ...nightly,
        key: random.pick([`PATCH/${USERS}/:user_id`, `DELETE/${USERS}/:user_id`, `POST/${USERS}`]),
        time: time + random.below(50 * MINUTE),
      })),
  );

  const spy = own(victim());
  plan(
    'audit-log-read',
    'somebody else reads the audit logs, to see what is seen',
    ['POST/open-apis/security_and_compliance/v1/openapi_logs/list_data', 'GET/open-apis/admin/v1/audit_infos'].map(
      (key, index) => ({ ...spy, key, time: exploredAt + index * MINUTE }),
    ),
  );

  const leaker = own(victim());
  plan(
    'public-sharing',
    'documents are opened to everybody on the internet',
    ['v1', 'v2'].flatMap((version) =>
      spread(random, between(1, 3), sometime(), 10 * MINUTE, (index) => ({
        ...leaker,
        key: `PATCH/open-apis/drive/${version}/permissions/:token/public`,
        payload: { link_share_entity: index % 2 === 0 ? 'anyone_readable' : 'anyone_editable', external_access: true },
      })),
    ),
  );
  list.push(...sequences(stage, victim));
  return list;
}
