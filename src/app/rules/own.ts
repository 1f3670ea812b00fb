/** The rules over what shenji itself writes: whether the others can be trusted. */
import { attack } from '../../sdk/attack.ts';
import type { DetectionRule } from '../../sdk/kibana.ts';

export const ownRules: readonly DetectionRule[] = [
  {
    key: 'collection-failed',
    name: 'shenji: a window could not be collected',
    description:
      'A window of an audit log failed after all its attempts, or the vendor refused all of a source, which is suspended since: until it is done, events are missing. A revoked permission looks the same as an intruder who blinds the collection.',
    type: 'query',
    index: ['logs-shenji.window-*'],
    query:
      '(shenji.window.status: "suspended" or (shenji.window.status: "failed" and not shenji.window.pass: backfill*))',
    // Each try of a gap fails anew: one alert for a source tells as much as all of them.
    suppression: { by: ['organization.id', 'shenji.window.source'], hours: 6 },
    severity: 'high',
    risk_score: 73,
    risk: 'What is not collected is not seen.',
    threat: attack('defenseEvasion', 'T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
    tags: ['Use Case: Log Auditing'],
    false_positives: ['An outage of the vendor: shenji tries again by itself.'],
    triage: [
      'error.message says what happened and what to do; "shenji gaps list" names the time range.',
      'Was the permission of our app taken away? Find out by whom, in the admin console.',
      'When it works again the gap closes by itself: "shenji prove" shows it.',
    ],
  },
];
