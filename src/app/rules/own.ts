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
  {
    key: 'collection-blind',
    name: 'shenji: rules look at nothing',
    description:
      'A live stream stands so far behind that all of the time which some rule looks back over is missing (half an hour for most, eight days for the longest), or it is read and brings nothing though something usually happens at such hours: the silence of these rules says nothing. Told once when it begins; a scheduler that was away tells it as soon as it is back.',
    type: 'new_terms',
    index: ['metrics-shenji.completeness-*'],
    query: 'shenji.completeness.state: ("blind" or "silent")',
    new_terms_fields: ['shenji.window.stream', 'shenji.completeness.state'],
    // Whoever is blind again after a quarter of a day has another reason for it.
    history_window_start: 'now-6h',
    severity: 'high',
    risk_score: 73,
    risk: 'A rule over nothing is silent, whatever happens.',
    threat: attack('defenseEvasion', 'T1562.008', 'Impair Defenses: Disable or Modify Cloud Logs'),
    false_positives: ['A new stream that still collects its beginning.', 'For "silent": a public holiday.'],
    triage: [
      '"shenji status" says why: no worker, a suspended source, a vendor that is away, or a source from which nothing comes.',
      'For "silent": make one call that must show up in the log, and look for it after the lag; ask who took a scope or an event subscription away, in the admin console.',
      'When it works again, run "shenji rules preview --late" over the time in between, and "shenji prove" for it: what was collected late is judged late.',
    ],
  },
];
