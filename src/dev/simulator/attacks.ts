/** Attacks through the OpenAPI, one or more for each rule; app, address, volume and time vary with the seed. */
import { BAD_FIELD, BAD_SECRET, DENIED, INTERNAL, NOT_FOUND, type Call } from './call.ts';
import { APIS, type App } from './company.ts';
import { foreignAddress, homeAddress, isWeekend, spread, type Stage } from './stage.ts';

const MINUTE = 60;

export type Attack = {
  /** The name of the rule that has to speak. */
  readonly rule: string;
  /** What happens, in a sentence. */
  readonly story: string;
  readonly calls: readonly Call[];
  /** What the same app has done before, and may. */
  readonly habits?: readonly Call[];
};

const EVERYTHING = Object.values(APIS)
  .flat()
  .map(({ key }) => key);
const USERS = 'open-apis/contact/v3/users';
const ROLE_MEMBERS = 'open-apis/contact/v3/functional_roles/:role_id/members';
const HIGH_RISK = [
  'POST/open-apis/admin/v1/password/reset',
  `POST/${ROLE_MEMBERS}/batch_create`,
  `DELETE/${USERS}/:user_id`,
  'POST/open-apis/drive/v1/permissions/:token/members/transfer_owner',
  'POST/open-apis/drive/v1/export_tasks',
  'GET/open-apis/mail/v1/user_mailboxes/:user_mailbox_id/messages',
  'GET/open-apis/vc/v1/meetings/:meeting_id/recording',
  'POST/open-apis/corehr/v2/employees/search',
] as const;
/** Those of them that an app may well need every week. */
const FAMILIAR = HIGH_RISK.slice(4);
const DOWNLOADS = [
  'GET/open-apis/drive/v1/files/:file_token/download',
  'GET/open-apis/drive/v1/medias/:file_token/download',
  'GET/open-apis/drive/v1/export_tasks/file/:file_token/download',
  'GET/open-apis/docx/v1/documents/:document_id/raw_content',
  'GET/open-apis/im/v1/messages/:message_id/resources/:file_key',
] as const;

/** The apps whose secrets were stolen: each attack has one of its own, so that none hides behind another. */
// oxlint-disable-next-line max-lines-per-function -- a table: one entry for each attack
export function attacks(stage: Stage): Attack[] {
  const { random, ordinary, lastDay, daysBefore, to } = stage;
  const free = ordinary
    .filter(({ name, hours }) => hours !== 'office' && !name.startsWith('HR sync'))
    .map((app) => ({ app, order: random.next() }));
  const victims = free.toSorted((a, b) => a.order - b.order).map(({ app }) => app);
  const victim = (): App => victims.shift() as App;
  const own = (app: App): Pick<Call, 'app' | 'ip'> => ({ app, ip: random.pick(app.addresses) });
  const sometime = (): number => lastDay(random.below(24)) + random.below(20 * MINUTE);
  const between = (low: number, high: number): number => low + random.below(high - low + 1);
  const list: Attack[] = [];
  const plan = (rule: string, story: string, calls: readonly Call[], habits: readonly Call[] = []): void =>
    void list.push({ rule, story, calls, habits });

  const failing = own(victim());
  const tried = between(8, 14);
  plan(
    'failing-calls',
    'a stolen token is tried on one API after the other',
    spread(random, between(60, 120), sometime(), between(8, 20) * MINUTE, (index) => ({
      ...failing,
      key: EVERYTHING[index % tried] as string,
      failure: random.pick([BAD_FIELD, NOT_FOUND, INTERNAL]),
    })),
  );

  const moved = victim();
  // Half of them come from where another app changes staff every day: only the pair is new.
  const strangeAddress = random.chance(0.5) ? homeAddress(random) : (stage.named('HR sync').addresses[0] as string);
  // The app itself may change staff, and does so from its own address.
  plan(
    'new-address',
    'staff records are changed from an address that the app never had',
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
  plan(
    'first-high-risk-call',
    'an app does for the first time what only administrators do',
    HIGH_RISK.filter((key) => key !== familiar).map((key, index) => ({
      ...explorer,
      key,
      time: exploredAt + index * between(5, 60),
    })),
    familiar === undefined ? [] : [{ ...explorer, key: familiar, time: stage.workday(5, 14) }],
  );

  const thief = own(victim());
  plan(
    'mass-export',
    'documents are downloaded one by one, each once',
    spread(random, between(180, 400), sometime(), between(10, 22) * MINUTE, (index) => ({
      ...thief,
      key: DOWNLOADS[index % DOWNLOADS.length] as string,
    })),
  );

  const climber = own(victim());
  plan(
    'power-granted',
    'an app gives a role to an account',
    spread(random, between(1, 3), sometime(), 10 * MINUTE, () => ({
      ...climber,
      key: random.pick([
        `POST/${ROLE_MEMBERS}/batch_create`,
        `PATCH/${ROLE_MEMBERS}/scopes`,
        'POST/open-apis/admin/v1/password/reset',
      ]),
    })),
  );

  const editor = own(victim());
  plan(
    'app-credential-changed',
    "an app's callback address and secret are replaced",
    [
      'PATCH/open-apis/application/v6/applications/:app_id',
      'POST/open-apis/application/v6/applications/:app_id/secrets',
      'DELETE/open-apis/application/v6/applications/:app_id/webhooks/:webhook_id',
    ].map((key, index) => ({ ...editor, key, time: exploredAt + index * 60 })),
  );

  const maker = own(victim());
  const madeAt = sometime();
  plan('user-made-admin', 'an account is created and made an administrator', [
    { ...maker, key: `POST/${USERS}`, time: madeAt },
    { ...maker, key: `POST/${ROLE_MEMBERS}/batch_create`, time: madeAt + between(10, 900) },
  ]);

  const prober = own(victim());
  const scopes = between(12, 20);
  plan(
    'scope-probing',
    'an app tries what it may do',
    spread(random, between(40, 80), sometime(), between(8, 20) * MINUTE, (index) => ({
      ...prober,
      key: EVERYTHING[index % scopes] as string,
      failure: DENIED,
    })),
  );

  const guesser = homeAddress(random);
  plan(
    'token-brute-force',
    'secrets of many apps are guessed from one address',
    spread(random, between(50, 150), sometime(), between(8, 20) * MINUTE, () => ({
      app: random.pick(ordinary),
      ip: guesser,
      key: 'POST/open-apis/auth/v3/tenant_access_token/internal',
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
    'somebody else reads the audit log, to see what is seen',
    spread(random, between(1, 4), sometime(), 10 * MINUTE, () => ({
      ...spy,
      key: 'POST/open-apis/security_and_compliance/v1/openapi_logs/list_data',
    })),
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
  return list;
}
