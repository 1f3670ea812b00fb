/* oxlint-disable max-lines -- a table: one entry for each rule */
/**
 * The detection rules over the OpenAPI audit log, written for whoever reviews them. What an organisation has to fill in
 * stands here as a word of its own: see `sdk/placeholders.ts`.
 */
import { attack } from '../../sdk/attack.ts';
import type { DetectionRule } from '../../sdk/kibana.ts';
import { PLACEHOLDERS } from '../../sdk/placeholders.ts';
import { CHANGED, FAILED, NIGHT_OR_WEEKEND, SUCCESS } from './kql.ts';

/** A backfill indexes old events now: every rule would speak of the past. */
const NOT_BACKFILL = 'not shenji.pass: "backfill"';

const anyOf = (values: readonly string[]): string => `(${values.map((value) => `"${value}"`).join(' or ')})`;
const all = (...clauses: readonly string[]): string => clauses.join(' and ');

const HIGH_RISK_APIS = [
  'POST/open-apis/admin/v1/password/reset',
  'POST/open-apis/contact/v3/functional_roles/:role_id/members/batch_create',
  'DELETE/open-apis/contact/v3/users/:user_id',
  'POST/open-apis/drive/v1/permissions/:token/members/transfer_owner',
  'POST/open-apis/drive/v1/export_tasks',
  'GET/open-apis/mail/v1/user_mailboxes/:user_mailbox_id/messages',
  'GET/open-apis/vc/v1/meetings/:meeting_id/recording',
  'POST/open-apis/corehr/v2/employees/search',
];
const DOWNLOAD_APIS = [
  'GET/open-apis/drive/v1/files/:file_token/download',
  'GET/open-apis/drive/v1/medias/:file_token/download',
  'GET/open-apis/drive/v1/export_tasks/file/:file_token/download',
  'GET/open-apis/docx/v1/documents/:document_id/raw_content',
  'GET/open-apis/im/v1/messages/:message_id/resources/:file_key',
];

type Draft = Omit<DetectionRule, 'query' | 'references'> & { readonly clauses: readonly string[] };

const drafts: readonly Draft[] = [
  {
    key: 'failing-calls',
    name: 'Feishu: burst of failing calls by one app over many APIs',
    description:
      'One app fails on many different APIs within half an hour. Scripts fail on one call; somebody who tries what a stolen token can do fails on many.',
    type: 'threshold',
    clauses: [FAILED, 'not event.type: "denied"', NOT_BACKFILL],
    threshold: { field: ['user.id'], value: 40, cardinality: [{ field: 'event.action', value: 6 }] },
    severity: 'medium',
    risk_score: 47,
    risk: 'It shows trying, not yet success.',
    threat: attack('discovery', 'T1526', 'Cloud Service Discovery'),
    false_positives: ['A new release of an integration that calls several APIs with wrong parameters.'],
    triage: [
      'Open "Feishu: app investigation" for the app: which APIs, from which address, with which codes?',
      'Did the address or the country change at the same time? Then treat the app secret as stolen: reset it in the developer console.',
      'Ask the owner of the app whether a release went out in that half hour.',
    ],
  },
  {
    key: 'new-address',
    name: 'Feishu: staff or permissions changed from an address never seen for the app',
    description:
      'An app creates, changes or deletes people, departments or permissions from an address from which it has not done so for fourteen days.',
    type: 'new_terms',
    clauses: ['event.category: "iam"', CHANGED, `not source.ip: ${PLACEHOLDERS.knownNetworks}`, NOT_BACKFILL],
    new_terms_fields: ['user.id', 'source.ip'],
    history_window_start: 'now-14d',
    severity: 'high',
    risk_score: 73,
    risk: 'Identity is changed by somebody who may not be the app.',
    threat: attack('initialAccess', 'T1078.004', 'Valid Accounts: Cloud Accounts'),
    false_positives: ['The service moved to another machine or network; add it to rules.knownNetworks.'],
    triage: [
      'Who owns the address? Compare with the addresses of the last weeks in "Feishu: app investigation".',
      'Look at feishu.openapi_audit.target.ref: whose account was changed, and to what (payload)?',
      'If nobody explains it: reset the app secret, undo the changes, review what else came from the address.',
    ],
  },
  {
    key: 'new-country',
    name: 'Feishu: app calls from a new country',
    description: 'An app calls with success from a country from which it has not called for fourteen days.',
    type: 'new_terms',
    clauses: [SUCCESS, `not source.geo.country_iso_code: ${PLACEHOLDERS.homeCountries}`, NOT_BACKFILL],
    new_terms_fields: ['user.id', 'source.geo.country_iso_code'],
    history_window_start: 'now-14d',
    severity: 'high',
    risk_score: 73,
    risk: 'Server apps do not travel.',
    threat: attack('initialAccess', 'T1078.004', 'Valid Accounts: Cloud Accounts'),
    false_positives: ['A cloud region was added or the egress of a proxy moved.'],
    triage: [
      'Ask the owner of the app whether it now runs in that country.',
      'Which data did it read from there? Filter on source.ip in "Feishu: app investigation".',
      'If nobody explains it: reset the app secret; set an address allow-list for the app in the developer console.',
    ],
  },
  {
    key: 'first-high-risk-call',
    name: 'Feishu: first use of a high-risk API by an app',
    description:
      'An app uses with success an API that resets passwords, grants roles, deletes people, hands over documents, exports, or reads mail, recordings or personnel files, and has not done so for fourteen days.',
    type: 'new_terms',
    clauses: [`event.action: ${anyOf(HIGH_RISK_APIS)}`, SUCCESS, NOT_BACKFILL],
    new_terms_fields: ['user.id', 'event.action'],
    history_window_start: 'now-14d',
    severity: 'high',
    risk_score: 73,
    risk: 'Each of these APIs alone can do lasting damage.',
    threat: attack('collection', 'T1213', 'Data from Information Repositories'),
    false_positives: ['A new feature of a known app, or a quarterly job.'],
    triage: [
      'Is the call within what the app is for? Its owner must be able to say since when it needs that scope.',
      'Who granted the scope, and when? See "Feishu: access and permission changes".',
      'Look at everything the app did in the hour around the call.',
    ],
  },
  {
    key: 'mass-export',
    name: 'Feishu: mass download of documents or files by one app',
    description: 'One app downloads more than a hundred different documents or files within half an hour.',
    type: 'threshold',
    clauses: [`event.action: ${anyOf(DOWNLOAD_APIS)}`, SUCCESS, NOT_BACKFILL],
    threshold: { field: ['user.id'], value: 150, cardinality: [{ field: 'url.path', value: 100 }] },
    severity: 'high',
    risk_score: 73,
    risk: 'Data leaves, and cannot be called back.',
    threat: attack('exfiltration', 'T1567', 'Exfiltration Over Web Service'),
    false_positives: ['A backup, a migration or an indexer that runs for the first time over everything.'],
    triage: [
      'Which documents? file.name and feishu.openapi_audit.target.ref list them; who owns them?',
      'Is the app a backup or an indexer, at its usual hour and from its usual address?',
      'If not: disable the app now, then reset its secret; tell the owners of the documents.',
    ],
  },
  {
    key: 'power-granted',
    name: 'Feishu: admin role, scope or password changed through the API',
    description: 'An app that is no administration tool grants a role, widens a scope, or resets a password.',
    type: 'query',
    clauses: [
      'event.type: "admin"',
      'not event.category: "file"',
      SUCCESS,
      `not user.id: ${PLACEHOLDERS.adminApps}`,
      NOT_BACKFILL,
    ],
    severity: 'high',
    risk_score: 73,
    risk: 'It gives power that stays after the token is gone.',
    threat: attack('persistence', 'T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    false_positives: ['An administration tool that rules.adminApps does not name yet.'],
    triage: [
      'Who got what? feishu.openapi_audit.target.ref and the payload say it.',
      'Is there a ticket for it? If not, take the role away first and ask afterwards.',
      'Look for what the account did since.',
    ],
  },
  {
    key: 'app-credential-changed',
    name: "Feishu: an app's configuration, credential or webhook changed through the API",
    description:
      'The configuration of an app was changed by an app: its secret, callback address, scopes or visibility.',
    type: 'query',
    clauses: ['feishu.openapi_audit.family: "application"', CHANGED, SUCCESS, NOT_BACKFILL],
    severity: 'high',
    risk_score: 73,
    risk: 'Whoever owns the callback or the secret owns the app.',
    threat: attack('persistence', 'T1098.001', 'Account Manipulation: Additional Cloud Credentials'),
    false_positives: ['A deployment tool that manages app configurations.'],
    triage: [
      'Compare the configuration in the developer console with what the owner expects: addresses, secrets, scopes.',
      'Who else could use the app that made the change?',
      'Undo the change and reset both secrets where nobody explains it.',
    ],
  },
  {
    key: 'user-made-admin',
    name: 'Feishu: account created and given a role by the same app',
    description: 'Within half an hour one app creates an account and adds a member to a role.',
    type: 'threshold',
    clauses: [
      `event.action: ${anyOf(['POST/open-apis/contact/v3/users', 'POST/open-apis/contact/v3/functional_roles/:role_id/members/batch_create'])}`,
      SUCCESS,
      NOT_BACKFILL,
    ],
    threshold: { field: ['user.id'], value: 1, cardinality: [{ field: 'event.action', value: 2 }] },
    severity: 'critical',
    risk_score: 91,
    risk: 'A new administrator is what an intruder wants to leave behind.',
    threat: attack('persistence', 'T1136.003', 'Create Account: Cloud Account'),
    false_positives: ['Onboarding of an administrator by an automated process.'],
    triage: [
      'Is the new account the one that got the role? Compare user.target.id of both calls.',
      'Does human resources know the person? If not, disable the account now.',
      'Find how the app was taken over: its addresses and failures in the days before.',
    ],
  },
  {
    key: 'scope-probing',
    name: 'Feishu: many denied calls by one app (scope probing)',
    description: 'One app is denied on ten or more different APIs within half an hour.',
    type: 'threshold',
    clauses: ['event.type: "denied"', NOT_BACKFILL],
    threshold: { field: ['user.id'], value: 30, cardinality: [{ field: 'event.action', value: 10 }] },
    severity: 'medium',
    risk_score: 47,
    risk: 'The attempt failed, but somebody is trying.',
    threat: attack('discovery', 'T1069.003', 'Permission Groups Discovery: Cloud Groups'),
    false_positives: ['An app was installed with far too few scopes.'],
    triage: [
      'Was the app installed or changed that day? Then its scopes are wrong; tell its owner.',
      'If not: which calls succeeded among the denied ones? That is what the token can do.',
      'Reset the secret where the address or the hour is unusual.',
    ],
  },
  {
    key: 'token-brute-force',
    name: 'Feishu: app secrets guessed from one address',
    description: 'Thirty or more failing token requests come from one address within half an hour.',
    type: 'threshold',
    clauses: ['event.category: "authentication"', FAILED, NOT_BACKFILL],
    threshold: { field: ['source.ip'], value: 30, cardinality: [] },
    severity: 'high',
    risk_score: 73,
    risk: 'One right guess gives the app.',
    threat: attack('credentialAccess', 'T1110', 'Brute Force'),
    false_positives: ['A service that retries with a secret that was reset.'],
    triage: [
      'How many apps (user.id) does the address try? One only: probably an old secret; many: guessing.',
      'Was there a success from the address afterwards? Then reset that secret now.',
      'Block the address at the app allow-lists.',
    ],
  },
  {
    key: 'sensitive-off-hours',
    name: 'Feishu: staff or permissions changed outside working hours',
    description:
      'People, departments or permissions were changed between 22:00 and 7:00 or on a weekend, by the clock of the organisation, by an app that does not work at night.',
    type: 'query',
    clauses: [
      'event.category: "iam"',
      CHANGED,
      SUCCESS,
      NIGHT_OR_WEEKEND,
      `not user.id: ${PLACEHOLDERS.nightApps}`,
      NOT_BACKFILL,
    ],
    severity: 'medium',
    risk_score: 47,
    risk: 'Nobody is there to notice.',
    threat: attack('defenseEvasion', 'T1078.004', 'Valid Accounts: Cloud Accounts'),
    false_positives: ['A nightly synchronisation that rules.nightApps does not name yet.', 'Planned maintenance.'],
    triage: [
      'Is the app a scheduled job? Then add it to rules.nightApps.',
      'What was changed, and is there a ticket?',
      'Compare address and volume with the same app by day.',
    ],
  },
  {
    key: 'audit-log-read',
    name: 'Feishu: the audit log read by an app that is not ours',
    description: 'Some other app than the one that shenji collects with reads the audit log.',
    type: 'query',
    clauses: [
      'event.action: "POST/open-apis/security_and_compliance/v1/openapi_logs/list_data"',
      `not user.id: ${PLACEHOLDERS.ownApps}`,
      NOT_BACKFILL,
    ],
    severity: 'high',
    risk_score: 73,
    risk: 'Only somebody who wants to know what is seen has a reason to.',
    threat: attack('discovery', 'T1654', 'Log Enumeration'),
    false_positives: ['Another security tool with an app of its own.'],
    triage: [
      'Which app is it, and who gave it the scope of the audit log?',
      'Take the scope away where nobody explains it.',
      'Look for what the app did before: this call seldom is the first.',
    ],
  },
  {
    key: 'public-sharing',
    name: 'Feishu: document opened to everybody on the internet',
    description: 'The sharing of a document was set to "anybody with the link", within the organisation or not.',
    type: 'query',
    clauses: [
      `event.action: ${anyOf(['PATCH/open-apis/drive/v1/permissions/:token/public', 'PATCH/open-apis/drive/v2/permissions/:token/public'])}`,
      'feishu.openapi_audit.payload.link_share_entity: ("anyone_readable" or "anyone_editable")',
      SUCCESS,
      NOT_BACKFILL,
    ],
    severity: 'high',
    risk_score: 73,
    risk: 'The document can be read by anybody from now on.',
    threat: attack('exfiltration', 'T1537', 'Transfer Data to Cloud Account'),
    false_positives: ['A page that is meant to be public.'],
    triage: [
      'Which document, and whose? feishu.openapi_audit.target.ref names it.',
      'Set the sharing back where it was not meant.',
      'Did the same app open more documents? See "Feishu: app investigation".',
    ],
  },
];

const REFERENCE = 'https://open.feishu.cn/document/server-docs/security_and_compliance-v1/openapi_log/list_data';

/** Every rule with its text whole. */
export const rules: readonly DetectionRule[] = drafts.map(({ clauses, ...draft }) => ({
  ...draft,
  query: all(...clauses),
  references: [REFERENCE],
}));
