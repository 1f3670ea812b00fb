/** The checks of the suite by which a vendor fails: what a source must throw, wait for, and stop at. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { SourceInstance } from '../sdk/definition.ts';
import { CollectionError, isRetryable, RetryableError } from '../sdk/errors.ts';
import type { Page, Source, SourceContext, Window } from '../sdk/source.ts';
import type { Conformance } from './conformance-spec.ts';
import { openBudget, sourceContext, type Answer } from './stand-in.ts';

const STOPS_WITHIN_MS = 5_000;

type Tried = {
  readonly spec: Conformance;
  readonly opened: (answering: Conformance['serving']) => Promise<SourceInstance>;
  /** A source whose vendor answers so to all but sign-ins. */
  readonly refusing: (answer: Answer) => Promise<Source>;
  readonly pagesOf: (source: Source, window: Window, context?: SourceContext) => Promise<Page<unknown>[]>;
};

// oxlint-disable-next-line max-lines-per-function -- a table: one entry for each check
export function failureChecks({
  spec,
  opened,
  refusing,
  pagesOf,
}: Tried): Readonly<Record<string, () => Promise<void>>> {
  const { definition, window } = spec;
  return {
    'throws a failure that says what to do next, with vendor and API': async () => {
      const source = await refusing({ status: 500, body: { message: 'Internal Server Error' } });
      await assert.rejects(pagesOf(source, window), (error) => {
        assert.ok(error instanceof RetryableError, `HTTP 500 may pass: RetryableError, not ${String(error)}`);
        const { vendor, api } = error.details;
        assert.equal(vendor, definition.vendor.name);
        assert.equal(typeof api, 'string');
        return true;
      });
    },

    'takes an answer that is no JSON for a failure, not for an empty list': async () => {
      const source = await refusing({ body: '<html>Bad Gateway</html>' });
      await assert.rejects(pagesOf(source, window), CollectionError);
    },

    'takes a refusal for one that only an operator puts right': async () => {
      const source = await refusing(spec.refused ?? { status: 403, body: { message: 'Forbidden' } });
      await assert.rejects(pagesOf(source, window), (error) => {
        assert.ok(!isRetryable(error), `it does not pass by itself: CredentialsError, not ${String(error)}`);
        return true;
      });
    },

    'lets nobody call while the vendor says "wait"': async () => {
      const source = await refusing(spec.waiting ?? { status: 429, headers: { 'retry-after': '30' }, body: {} });
      const controller = new AbortController();
      const holds: number[] = [];
      const hold = async (_: unknown, waitMs: number): Promise<void> => {
        holds.push(waitMs);
        // Whoever waits in place would do so here until the vendor gives way.
        controller.abort(new Error('the vendor was heard'));
      };
      const budget = { ...openBudget(), hold };
      await assert.rejects(pagesOf(source, window, sourceContext({ budget, signal: controller.signal })));
      assert.ok(holds.length > 0, 'context.budget.hold was not told: callWithRetry does it for a RateLimitedError');
    },

    'probes by a real call': async () => {
      const budget = openBudget();
      const { message, vendorTime } = await (await opened(spec.serving)).probe(sourceContext({ budget }));
      assert.ok(message !== '' && vendorTime !== undefined, 'a probe gives a message, and the Date of its answer');
      assert.ok(budget.taken.length > 0, 'no call was taken from the budget: the probe asks nobody');
      const failing = await opened((call) => spec.signIn?.(call) ?? { status: 500, body: {} });
      await assert.rejects(failing.probe(sourceContext()), CollectionError);
    },

    'stops at once when aborted, with the reason it was given': async () => {
      const source = await refusing(() => undefined);
      const controller = new AbortController();
      const reading = pagesOf(source, window, sourceContext({ signal: controller.signal }));
      const reason = new Error('the lock was lost');
      setImmediate(() => controller.abort(reason));
      const late = pause(STOPS_WITHIN_MS, undefined, { ref: false }).then(() => {
        throw new Error(`it went on for ${STOPS_WITHIN_MS / 1_000} s: pass context.signal to every request and wait`);
      });
      await assert.rejects(Promise.race([reading, late]), (error) => {
        assert.equal(error, reason);
        return true;
      });
    },
  };
}
