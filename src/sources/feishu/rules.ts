/* oxlint-disable max-lines -- a table: one entry for each rule */
/**
 * The detection rules over the OpenAPI audit log, written for whoever reviews them. What an organisation has to fill in
 * stands here as a word of its own: see `sdk/placeholders.ts`.
 */
import { DOCUMENTS } from './documents.ts';
import { attack } from '../../sdk/attack.ts';
import type { DetectionRule, Threshold } from '../../sdk/kibana.ts';
import { PLACEHOLDERS } from '../../sdk/placeholders.ts';
import {
  APP_TRUST_CHANGED,
  CHANGED,
  CONTENT_TAKEN,
  FAILED,
  GIVES_POWER,
  NIGHT_OR_WEEKEND,
  SUCCESS,
  TENANT,
  TOKEN_ASKED,
} from './kql.ts';
import { sequenceRules } from './sequence-rules.ts';

const all = (...clauses: readonly string[]): string => clauses.join(' and ');

/** What can do lasting damage by itself. */
const HIGH_RISK =
  '((event.type: "admin" and not event.category: "file") or (feishu.openapi_audit.api.credential: true and not event.category: "authentication") or (event.type: "deletion" and event.type: "user") or event.action: ("POST/open-apis/drive/v1/permissions/:token/members/transfer_owner" or "POST/open-apis/drive/v1/export_tasks") or (feishu.openapi_audit.api.touches: ("hr" or "meeting") and feishu.openapi_audit.api.takes_out: ("list" or "file")) or (event.action: (*user_mailboxes* or *multi_entity* or *minutes/v1*) and feishu.openapi_audit.api.takes_out: *))';

/** A half hour has to be seen as a whole, however late its last event was indexed. */
const AN_HOUR = 'now-1h';

/**
 * Rates are counted in the half hours of the clock in which things happened: by when they were indexed, the catch-up after
 * an outage would be a burst.
 */
const eachHalfHour = (
  by: string,
  { distinct, atLeast }: { readonly distinct?: string; readonly atLeast: number },
): Threshold => ({
  field: [TENANT, by, 'shenji.half_hour'],
  value: distinct === undefined ? atLeast : 1,
  cardinality: distinct === undefined ? [] : [{ field: distinct, value: atLeast }],
});

type Draft = Omit<DetectionRule, 'query'> & { readonly clauses: readonly string[] };

const drafts: readonly Draft[] = [
  {
    key: 'failing-calls',
    name: 'Feishu: burst of failing calls by one app over many APIs',
    description:
      'One app fails on ten or more different APIs within half an hour of the clock. Scripts fail on one call; somebody who tries what a stolen token can do fails on many.',
    type: 'threshold',
    clauses: [FAILED, 'not event.type: "denied"'],
    from: AN_HOUR,
    threshold: eachHalfHour('user.id', { distinct: 'event.action', atLeast: 10 }),
    severity: 'medium',
    risk_score: 47,
    risk: 'It shows trying, not yet success.',
    threat: attack('discovery', 'T1526', 'Cloud Service Discovery'),
    false_positives: ['A new release of an integration that calls several APIs with wrong parameters.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.scopes],
    triage: [
      'Open "Feishu: app investigation" for the app: which APIs, from which address, with which codes?',
      'Did the address or the country change at the same time? Then treat the app secret as stolen: reset it in the developer console.',
      'Ask the owner of the app whether a release went out in that half hour.',
    ],
  },
  {
    key: 'new-address',
    name: 'Feishu: staff or permissions changed from a network never seen for the app',
    description:
      'An app creates, changes or deletes people, departments or permissions from a network from which it has not done so for fourteen days: the autonomous system where it is known, else the /24 or /48 around the address.',
    type: 'new_terms',
    clauses: ['event.category: "iam"', CHANGED, SUCCESS, `not source.ip: ${PLACEHOLDERS.knownNetworks}`],
    new_terms_fields: [TENANT, 'user.id', 'feishu.openapi_audit.network'],
    history_window_start: 'now-14d',
    severity: 'high',
    risk_score: 73,
    risk: 'Identity is changed by somebody who may not be the app.',
    threat: attack('initialAccess', 'T1078.004', 'Valid Accounts: Cloud Accounts'),
    false_positives: ['The service moved to another provider or network; add it to rules.knownNetworks.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.users],
    triage: [
      'Who owns the network? Compare with the addresses of the last weeks in "Feishu: app investigation".',
      'Look at feishu.openapi_audit.target.ref: whose account was changed, and to what (payload)?',
    ],
    response: [
      'If nobody explains it: reset the app secret, undo the changes, review what else came from the network.',
    ],
  },
  {
    key: 'new-country',
    name: 'Feishu: app calls from a new country',
    description: 'An app calls with success from a country from which it has not called for fourteen days.',
    type: 'new_terms',
    clauses: [SUCCESS, `not source.geo.country_iso_code: ${PLACEHOLDERS.homeCountries}`],
    new_terms_fields: [TENANT, 'user.id', 'source.geo.country_iso_code'],
    history_window_start: 'now-14d',
    severity: 'high',
    risk_score: 73,
    risk: 'Server apps do not travel.',
    threat: attack('initialAccess', 'T1078.004', 'Valid Accounts: Cloud Accounts'),
    false_positives: ['A cloud region was added or the egress of a proxy moved.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.scopes],
    triage: [
      'Ask the owner of the app whether it now runs in that country.',
      'Which data did it read from there? Filter on source.ip in "Feishu: app investigation".',
    ],
    response: [
      'If nobody explains it: reset the app secret; set an address allow-list for the app in the developer console.',
    ],
  },
  {
    key: 'first-high-risk-call',
    name: 'Feishu: first use of a high-risk API by an app',
    description:
      'An app uses with success an API that gives power, hands out a secret, deletes people, exports, or reads mailboxes, minutes, recordings or lists of personnel files, and has not used that one for fourteen days.',
    type: 'new_terms',
    clauses: [HIGH_RISK, SUCCESS],
    new_terms_fields: [TENANT, 'user.id', 'event.action'],
    history_window_start: 'now-14d',
    severity: 'high',
    risk_score: 73,
    risk: 'Each of these APIs alone can do lasting damage.',
    threat: attack('collection', 'T1213', 'Data from Information Repositories'),
    false_positives: ['A new feature of a known app, or a quarterly job.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.roles, DOCUMENTS.exports],
    triage: [
      'Is the call within what the app is for? Its owner must be able to say since when it needs that scope.',
      'Who granted the scope, and when? See "Feishu: access and permission changes".',
      'Look at everything the app did in the hour around the call.',
    ],
  },
  {
    key: 'mass-export',
    name: 'Feishu: mass download of documents or files by one app',
    description:
      'One app takes content out by 150 or more different requests within half an hour of the clock: files, documents, blocks, records, messages, mail, minutes. The same request made again counts once; one page of records is one request, however many are on it.',
    type: 'threshold',
    clauses: [CONTENT_TAKEN, SUCCESS, `not user.id: ${PLACEHOLDERS.exportApps}`],
    from: AN_HOUR,
    threshold: eachHalfHour('user.id', { distinct: 'feishu.openapi_audit.request', atLeast: 150 }),
    severity: 'high',
    risk_score: 73,
    risk: 'Data leaves, and cannot be called back.',
    threat: attack('exfiltration', 'T1567', 'Exfiltration Over Web Service'),
    false_positives: [
      'A backup, a migration, an indexer, or a bot that polls many chats by time, which rules.exportApps does not name yet.',
    ],
    references: [DOCUMENTS.auditLog, DOCUMENTS.exports],
    triage: [
      'Which documents? file.name and feishu.openapi_audit.target.ref list them; who owns them?',
      'Is the app a backup or an indexer, at its usual hour and from its usual address?',
    ],
    response: ['If not: disable the app now, then reset its secret; tell the owners of the documents.'],
  },
  {
    key: 'power-granted',
    name: 'Feishu: admin role, scope or password changed through the API',
    description:
      'An app that is no administration tool grants a role, adds somebody to a group, widens a scope, or resets a password. Rights to single documents are not meant; public-sharing sees those that are opened to everybody.',
    type: 'query',
    clauses: [GIVES_POWER, 'not event.category: "file"', SUCCESS, `not user.id: ${PLACEHOLDERS.adminApps}`],
    suppression: { by: [TENANT, 'user.id', 'event.action'], hours: 1 },
    severity: 'high',
    risk_score: 73,
    risk: 'It gives power that stays after the token is gone.',
    threat: attack('persistence', 'T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    false_positives: ['An administration tool that rules.adminApps does not name yet.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.roles],
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
      'The configuration of an app was changed by an app: its secret, callback address, scopes, owner or visibility. Its picture and its badge are not meant.',
    type: 'query',
    clauses: [APP_TRUST_CHANGED, SUCCESS, `not user.id: ${PLACEHOLDERS.adminApps}`],
    severity: 'high',
    risk_score: 73,
    risk: 'Whoever owns the callback or the secret owns the app.',
    threat: attack('persistence', 'T1098.001', 'Account Manipulation: Additional Cloud Credentials'),
    false_positives: ['A deployment tool that manages app configurations, and that rules.adminApps does not name yet.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.configuration],
    triage: [
      'Compare the configuration in the developer console with what the owner expects: addresses, secrets, scopes.',
      'Who else could use the app that made the change?',
    ],
    response: ['Undo the change and reset both secrets where nobody explains it.'],
  },
  {
    key: 'scope-probing',
    name: 'Feishu: many denied calls by one app (scope probing)',
    description: 'One app is denied on ten or more different APIs within half an hour of the clock.',
    type: 'threshold',
    clauses: ['event.type: "denied"'],
    from: AN_HOUR,
    threshold: eachHalfHour('user.id', { distinct: 'event.action', atLeast: 10 }),
    severity: 'medium',
    risk_score: 47,
    risk: 'The attempt failed, but somebody is trying.',
    threat: attack('discovery', 'T1069.003', 'Permission Groups Discovery: Cloud Groups'),
    false_positives: ['An app was installed with far too few scopes.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.scopes],
    triage: ['Was the app installed or changed that day? Then its scopes are wrong; tell its owner.'],
    response: [
      'If not: which calls succeeded among the denied ones? That is what the token can do.',
      'Reset the secret where the address or the hour is unusual.',
    ],
  },
  {
    key: 'token-brute-force',
    name: 'Feishu: app secrets guessed from one address',
    description: 'Thirty or more failing token requests come from one address within half an hour of the clock.',
    type: 'threshold',
    clauses: [TOKEN_ASKED, FAILED],
    from: AN_HOUR,
    threshold: eachHalfHour('source.ip', { atLeast: 30 }),
    severity: 'high',
    risk_score: 73,
    risk: 'One right guess gives the app.',
    threat: attack('credentialAccess', 'T1110', 'Brute Force'),
    false_positives: ['A service that retries with a secret that was reset.'],
    references: [DOCUMENTS.auditLog],
    triage: [
      'How many apps (user.id) does the address try? One only: probably an old secret; many: guessing.',
      'Was there a success from the address afterwards? Then reset that secret now.',
    ],
    response: ['Block the address at the app allow-lists.'],
  },
  {
    key: 'sensitive-off-hours',
    name: 'Feishu: staff or permissions changed outside working hours',
    description:
      'People, departments or permissions were changed between 22:00 and 7:00 or on a weekend, by the clock of the organisation, by an app that does not work at night.',
    type: 'query',
    clauses: ['event.category: "iam"', CHANGED, SUCCESS, NIGHT_OR_WEEKEND, `not user.id: ${PLACEHOLDERS.nightApps}`],
    suppression: { by: [TENANT, 'user.id'], hours: 12 },
    severity: 'medium',
    risk_score: 47,
    risk: 'Nobody is there to notice.',
    threat: attack('defenseEvasion', 'T1078.004', 'Valid Accounts: Cloud Accounts'),
    false_positives: ['A nightly synchronisation that rules.nightApps does not name yet.', 'Planned maintenance.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.users],
    triage: [
      'Is the app a scheduled job? Then add it to rules.nightApps.',
      'What was changed, and is there a ticket?',
      'Compare address and volume with the same app by day.',
    ],
  },
  {
    key: 'audit-log-read',
    name: 'Feishu: an audit log read by an app that is not ours',
    description:
      'Some other app than the one that shenji collects with reads what records others, or tries to: the audit logs of the OpenAPI, of the administrators and of the platforms. Who has read a document is asked by many apps, and not meant.',
    type: 'query',
    clauses: [
      'feishu.openapi_audit.api.audit: true',
      'not feishu.openapi_audit.api.touches: "file"',
      `not user.id: ${PLACEHOLDERS.ownApps}`,
    ],
    suppression: { by: [TENANT, 'user.id', 'event.action'], hours: 24 },
    severity: 'high',
    risk_score: 73,
    risk: 'Only somebody who wants to know what is seen has a reason to.',
    threat: attack('discovery', 'T1654', 'Log Enumeration'),
    false_positives: ['Another security tool with an app of its own.'],
    references: [DOCUMENTS.auditLog],
    triage: [
      'Which app is it, and who gave it the scope of the audit log?',
      'Look for what the app did before: this call seldom is the first.',
    ],
    response: ['Take the scope away where nobody explains it.'],
  },
  {
    key: 'public-sharing',
    name: 'Feishu: document opened to everybody on the internet',
    description: 'The sharing of a document was set to "anybody with the link", within the organisation or not.',
    type: 'query',
    clauses: [
      GIVES_POWER,
      'feishu.openapi_audit.payload.link_share_entity: ("anyone_readable" or "anyone_editable")',
      SUCCESS,
    ],
    severity: 'high',
    risk_score: 73,
    risk: 'The document can be read by anybody from now on.',
    threat: attack('exfiltration', 'T1537', 'Transfer Data to Cloud Account'),
    false_positives: ['A page that is meant to be public.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.sharing],
    triage: [
      'Which document, and whose? feishu.openapi_audit.target.ref names it.',
      'Did the same app open more documents? See "Feishu: app investigation".',
    ],
    response: ['Set the sharing back where it was not meant.'],
  },
];

const TAGS = ['Data Source: Feishu OpenAPI Audit Log'];

/** Every rule with its text whole. */
export const rules: readonly DetectionRule[] = [
  ...drafts.map(({ clauses, ...draft }) => ({ ...draft, query: all(...clauses), tags: TAGS })),
  ...sequenceRules.map((rule) => ({ ...rule, tags: TAGS })),
];
