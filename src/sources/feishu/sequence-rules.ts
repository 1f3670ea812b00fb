/**
 * The detection rules that need an order of events, or a memory of days: ES|QL, as Kibana runs it over the look-back of each
 * run. A row is an alert; `event.id` names its documents. `NOW()` is the time of the run, and what is old is left to the runs
 * that saw it first: a row that stays is told for less than an hour, and once where alerts are suppressed.
 */
import { DOCUMENTS } from './documents.ts';
import { attack } from '../../sdk/attack.ts';
import type { DetectionRule } from '../../sdk/kibana.ts';
import { PLACEHOLDERS } from '../../sdk/placeholders.ts';
import { APP_TRUST_CHANGED, CONTENT_TAKEN, GIVES_POWER, SUCCESS, TENANT, TOKEN_ASKED } from './kql.ts';

type SequenceRule = Omit<DetectionRule, 'type'>;

/** A text between three quotes holds KQL as it is. */
const kql = (...clauses: readonly string[]): string => `KQL("""${clauses.join(' and ')}""")`;

/** Documents from before the rules had a clock of their own go by their time. */
const SEEN = 'EVAL seen = COALESCE(shenji.rule_time, @timestamp), network = feishu.openapi_audit.network';
/** Twice an interval of a quarter of an hour, and more: a run that starts late may miss nothing that the one before could not see yet. */
const IS_NEWS = 'seen_at >= NOW() - 40 minutes';
/** The vendor refused the secret itself, and not the call for what else there is. */
const IS_REFUSED = 'error.code IN ("10003", "10014")';
/** Whether a call changes the trust in an app, or is one of its own: KQL has to choose these before. The app is then the one in the path, or, without one, the caller itself. */
const WHICH_APP = [
  SEEN,
  'EVAL is_change = feishu.openapi_audit.family == "application" AND feishu.openapi_audit.api.takes_out IS NULL',
  'EVAL app = CASE(is_change AND url.path LIKE "*/applications/*", REPLACE(url.path, """^.*/applications/([^/?]+).*$""", "$1"), user.id)',
];

const query = (...steps: readonly string[]): string => ['FROM logs-feishu.openapi_audit-*', ...steps].join('\n| ');

const drafts: readonly SequenceRule[] = [
  {
    key: 'secret-refused-then-accepted',
    name: "Feishu: an app's secret refused, then accepted from another network",
    description:
      'Within an hour after a token request of an app was refused, one succeeds from a network that was not refused and from which the app got no token in the day before: somebody tries secrets here and uses the right one there, or the owner is locked out and somebody else is in.',
    query: query(
      `WHERE ${kql(TOKEN_ASKED, 'feishu.openapi_audit.network: *')} AND (event.outcome == "success" OR ${IS_REFUSED})`,
      SEEN,
      'EVAL accepted = CASE(event.outcome == "success", @timestamp), refused = CASE(event.outcome != "success", DATE_TRUNC(1 minute, @timestamp))',
      'STATS accepted_at = MIN(accepted), seen_at = MIN(CASE(event.outcome == "success", seen)), refused_at = VALUES(refused), sample = TOP(event.id, 20, "desc") BY organization.id, user.id, network',
      'EVAL is_other = refused_at IS NULL',
      'STATS accepted_at = VALUES(CASE(is_other, accepted_at)), seen_at = MAX(CASE(is_other, seen_at)), refused_at = VALUES(refused_at), `event.id` = VALUES(sample), feishu.openapi_audit.network = VALUES(network) BY organization.id, user.id',
      'MV_EXPAND accepted_at',
      'MV_EXPAND refused_at',
      `WHERE accepted_at >= refused_at AND accepted_at <= refused_at + 1 hour AND ${IS_NEWS}`,
      'STATS accepted_at = MIN(accepted_at), refused_at = MIN(refused_at), `event.id` = VALUES(event.id), feishu.openapi_audit.network = VALUES(feishu.openapi_audit.network) BY organization.id, user.id',
    ),
    from: 'now-24h',
    interval: '15m',
    suppression: { by: [TENANT, 'user.id'], hours: 24 },
    severity: 'high',
    risk_score: 73,
    risk: 'Whoever has the secret is the app.',
    threat: attack('credentialAccess', 'T1110.001', 'Brute Force: Password Guessing'),
    false_positives: ['The secret was reset, and the service was moved to another network in the same hour.'],
    references: [DOCUMENTS.auditLog],
    triage: [
      'Which networks? feishu.openapi_audit.network lists them; which of them does the owner of the app know?',
      'Was the secret reset that day, and by whom? See "Feishu: access and permission changes".',
      'What did the app do from the new network since? See "Feishu: app investigation".',
    ],
    response: [
      'If nobody explains it: reset the secret, and set an address allow-list for the app in the developer console.',
    ],
  },
  {
    key: 'scope-granted-then-used',
    name: "Feishu: an app's scopes widened, then used within an hour",
    description:
      'The scopes, the range of contacts, the configuration or the owner of an app are changed through the API, and within an hour the app reads out, or gives power by, an API that it had not used in the day before.',
    query: query(
      `WHERE ${kql(SUCCESS, `((${APP_TRUST_CHANGED}) or feishu.openapi_audit.api.takes_out: * or (${GIVES_POWER}))`)}`,
      ...WHICH_APP,
      'STATS granted_at = VALUES(CASE(is_change, @timestamp)), used_at = MIN(CASE(is_change, NULL, @timestamp)), seen_at = MIN(CASE(is_change, NULL, seen)), sample = TOP(event.id, 5, "desc") BY organization.id, app, event.action',
      'STATS granted_at = VALUES(granted_at), used_at = VALUES(used_at), seen_at = MAX(seen_at), `event.id` = VALUES(sample) BY organization.id, app',
      'MV_EXPAND used_at',
      'MV_EXPAND granted_at',
      `WHERE used_at >= granted_at AND used_at <= granted_at + 1 hour AND ${IS_NEWS}`,
      'STATS granted_at = MIN(granted_at), used_at = MIN(used_at), `event.id` = VALUES(event.id) BY organization.id, app',
      'RENAME app AS user.id',
    ),
    from: 'now-24h',
    interval: '15m',
    suppression: { by: [TENANT, 'user.id'], hours: 24 },
    severity: 'high',
    risk_score: 73,
    risk: 'A door is opened and gone through at once: whoever opened it was waiting.',
    threat: attack('privilegeEscalation', 'T1098.003', 'Account Manipulation: Additional Cloud Roles'),
    false_positives: ['A release of the app that needs a new scope, granted and rolled out in the same hour.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.configuration, DOCUMENTS.scopes],
    triage: [
      'Who made the change? Search for the app in feishu.openapi_audit.target.ref before the hour of the alert.',
      'Does the owner of the app know of the new scope, and is there a release that needs it?',
      'What did the app read since? See "Feishu: app investigation".',
    ],
    response: ['If nobody explains it: take the scope away, and reset the secrets of both apps.'],
  },
  {
    key: 'secret-reset-then-new-network',
    name: "Feishu: an app's secret or configuration changed, then calls from a new network",
    description:
      'Within a day after the secret, the addresses or the owner of an app were changed through the API, the app calls from a network from which it had not called before in that day. An app that had not called at all in the day before the change is not judged.',
    query: query(
      `WHERE ${kql(SUCCESS, 'feishu.openapi_audit.network: *', `(not feishu.openapi_audit.family: "application" or (${APP_TRUST_CHANGED}))`)}`,
      ...WHICH_APP,
      'EVAL called_from = CASE(is_change, "the change", network)',
      'STATS changed_at = VALUES(CASE(is_change, @timestamp)), called_at = MIN(CASE(is_change, NULL, @timestamp)), seen_at = MIN(CASE(is_change, NULL, seen)), sample = TOP(event.id, 5, "desc") BY organization.id, app, called_from',
      'STATS changed_at = VALUES(changed_at), called_at = VALUES(called_at), known_from = MIN(called_at), seen_at = MAX(seen_at), `event.id` = VALUES(sample), feishu.openapi_audit.network = VALUES(called_from) BY organization.id, app',
      'MV_EXPAND changed_at',
      'MV_EXPAND called_at',
      `WHERE called_at >= changed_at AND called_at <= changed_at + 1 day AND known_from < changed_at AND ${IS_NEWS}`,
      'STATS changed_at = MIN(changed_at), called_at = MIN(called_at), `event.id` = VALUES(event.id), feishu.openapi_audit.network = VALUES(feishu.openapi_audit.network) BY organization.id, app',
      'RENAME app AS user.id',
    ),
    from: 'now-24h',
    interval: '15m',
    suppression: { by: [TENANT, 'user.id'], hours: 24 },
    severity: 'high',
    risk_score: 73,
    risk: 'Whoever owns the secret owns the app, from wherever he is.',
    threat: attack('persistence', 'T1098.001', 'Account Manipulation: Additional Cloud Credentials'),
    false_positives: ['The service was moved to another provider, and got a new secret for it.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.configuration],
    triage: [
      'Who changed the app? Search for it in feishu.openapi_audit.target.ref.',
      'Does the owner know the new network? feishu.openapi_audit.network lists all of that day.',
    ],
    response: [
      'If nobody explains it: reset the secret again in the developer console, and set an address allow-list.',
    ],
  },
  {
    key: 'user-made-admin',
    name: 'Feishu: account created and then given a role',
    description:
      'Within a day an account is created and then a role is given, in that order: by the same app, or to the account that was made, whichever app did it, where its id is known: the one that the caller chose, or what the vendor answered with.',
    query: query(
      `WHERE ${kql(SUCCESS, `not user.id: ${PLACEHOLDERS.adminApps}`, '((event.type: "creation" and feishu.openapi_audit.api.touches: "user") or (event.type: "admin" and feishu.openapi_audit.api.touches: "role"))')}`,
      SEEN,
      'EVAL is_role = feishu.openapi_audit.api.touches == "role"',
      'EVAL concerned = CASE(is_role, user.target.id, feishu.openapi_audit.made.id)',
      'EVAL who = COALESCE(MV_APPEND(user.id, concerned), user.id)',
      'MV_EXPAND who',
      'STATS created_at = MIN(CASE(is_role, NULL, @timestamp)), given_at = MAX(CASE(is_role, @timestamp)), seen_at = MAX(CASE(is_role, seen)), given = TOP(CASE(is_role, event.id), 10, "desc"), created = TOP(CASE(is_role, NULL, event.id), 10, "desc"), apps = VALUES(user.id) BY organization.id, who',
      'EVAL `event.id` = MV_APPEND(given, created)',
      `WHERE given_at >= created_at AND given_at <= created_at + 1 day AND ${IS_NEWS}`,
      'DROP given, created',
      'RENAME apps AS user.id, who AS related.user',
    ),
    from: 'now-24h',
    interval: '15m',
    suppression: { by: [TENANT, 'related.user'], hours: 24 },
    severity: 'critical',
    risk_score: 91,
    risk: 'A new administrator is what an intruder wants to leave behind.',
    threat: attack('persistence', 'T1136.003', 'Create Account: Cloud Account'),
    false_positives: ['Onboarding of an administrator by an automated process that rules.adminApps does not name.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.users, DOCUMENTS.roles],
    triage: [
      'Is the new account the one that got the role? Compare user.target.id of both calls.',
      'Does human resources know the person? If not, disable the account now.',
      'Find how the app was taken over: its addresses and failures in the days before.',
    ],
  },
  {
    key: 'slow-export',
    name: 'Feishu: much taken out over a day, by an app that never did',
    description:
      'Within 24 hours one app takes out 500 or more different things, more than in the whole week before: what stays below every half hour adds up.',
    query: query(
      `WHERE ${kql(CONTENT_TAKEN, SUCCESS, `not user.id: ${PLACEHOLDERS.exportApps}`)}`,
      SEEN,
      'EVAL is_today = @timestamp >= NOW() - 24 hours, thing = feishu.openapi_audit.request',
      'STATS today = COUNT_DISTINCT(CASE(is_today, thing)), before = COUNT_DISTINCT(CASE(is_today, NULL, thing)), seen_at = MAX(seen), `event.id` = TOP(event.id, 20, "desc") BY organization.id, user.id',
      `WHERE today >= 500 AND today > before AND ${IS_NEWS}`,
    ),
    from: 'now-8d',
    interval: '15m',
    suppression: { by: [TENANT, 'user.id'], hours: 24 },
    severity: 'high',
    risk_score: 73,
    risk: 'Data leaves, and cannot be called back.',
    threat: attack('exfiltration', 'T1030', 'Data Transfer Size Limits'),
    false_positives: ['A backup or migration that runs once in a while and is not named in rules.exportApps.'],
    references: [DOCUMENTS.auditLog, DOCUMENTS.exports],
    triage: [
      'What did it take? file.name and feishu.openapi_audit.target.ref list it; who owns it?',
      'Since when does the app read so much, from which address, and does its owner know why?',
    ],
    response: ['If not: disable the app now, then reset its secret; tell the owners of the documents.'],
  },
];

export const sequenceRules: readonly DetectionRule[] = drafts.map((draft) => ({
  ...draft,
  type: 'esql',
}));
