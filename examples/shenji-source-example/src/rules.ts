/** Detection rules over the activity log. */
import { attack, type DetectionRule } from 'shenji/source';

export const rules: readonly DetectionRule[] = [
  {
    key: 'example-refusals',
    name: 'Example: one actor refused many times',
    description: 'One actor is refused ten times within half an hour: somebody tries what an account may do.',
    type: 'threshold',
    query: 'event.outcome: "failure" and example.activity.result: "refused" and not shenji.pass: "backfill"',
    threshold: { field: ['user.id'], value: 10, cardinality: [] },
    severity: 'medium',
    risk_score: 47,
    risk: 'It shows trying, not yet success.',
    threat: attack('discovery', 'T1526', 'Cloud Service Discovery'),
    false_positives: ['An integration whose permission was taken away, and that tries on.'],
    triage: [
      'Which actions, from which address? Search for user.id in the data view of the activity log.',
      'Ask the owner of the account whether it was him; if not, reset its credentials.',
    ],
  },
];
