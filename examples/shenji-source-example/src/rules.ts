/** Detection rules over the activity log. */
import { attack, type DetectionRule } from 'shenji/source';

export const rules: readonly DetectionRule[] = [
  {
    key: 'example-refusals',
    name: 'Example: one actor refused many times',
    description: 'One actor is refused ten times within half an hour: somebody tries what an account may do.',
    type: 'threshold',
    query: 'event.outcome: "failure" and example.activity.result: "refused"',
    // By tenant, since two may have the same ids; and by the half hour in which it happened: after an outage many hours are
    // indexed within minutes.
    threshold: { field: ['organization.id', 'user.id', 'shenji.half_hour'], value: 10, cardinality: [] },
    from: 'now-1h',
    severity: 'medium',
    risk_score: 47,
    risk: 'It shows trying, not yet success.',
    threat: attack('discovery', 'T1526', 'Cloud Service Discovery'),
    false_positives: ['An integration whose permission was taken away, and that tries on.'],
    triage: [
      'Which actions, from which address? Search for user.id in the data view of the activity log.',
      'Ask the owner of the account whether it was him.',
    ],
    response: ['Reset the credentials of the account, and look for what succeeded between the refusals.'],
  },
];
