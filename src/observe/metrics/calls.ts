/** Calls to vendors, and the budget that they share. */
import type { Metrics } from './events.ts';
import { FAST, type Families } from './families.ts';
import { RESULTS, resultOf } from './results.ts';

export function createCallMetrics({ counter, gauge, histogram }: Families): Pick<Metrics, 'called' | 'budgeted'> {
  const requests = counter('vendor_requests_total', 'Calls to vendors by result', ['vendor', 'api', 'result']);
  const requestTime = histogram('vendor_request_duration_seconds', 'How long vendors take', ['vendor', 'api'], FAST);
  const budgetTaken = counter('budget_taken_total', 'Calls that the shared request budget let through', ['quota']);
  const budgetLimit = gauge('budget_limit_per_minute', 'What the budget lets through in a minute', ['quota']);
  const budgetWait = counter('budget_wait_seconds_total', 'How long calls waited for the budget', ['quota']);
  const knownApis = new Set<string>();
  return {
    called: ({ vendor, api, seconds, error }) => {
      // A series that begins at 1 has not increased, to Prometheus: each begins at 0.
      if (!knownApis.has(`${vendor}/${api}`)) for (const result of RESULTS) requests.inc({ vendor, api, result }, 0);
      knownApis.add(`${vendor}/${api}`);
      requests.inc({ vendor, api, result: resultOf(error) });
      requestTime.observe({ vendor, api }, seconds);
    },
    budgeted: ({ quota, perMinute, waitedSeconds }) => {
      budgetTaken.inc({ quota });
      budgetLimit.set({ quota }, perMinute);
      budgetWait.inc({ quota }, waitedSeconds);
    },
  };
}
