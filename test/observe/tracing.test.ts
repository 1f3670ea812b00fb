import { expect, it } from 'vitest';
import { tracedService } from '../../src/config/environment.ts';
import { standInVendor } from '../../src/testing/stand-in.ts';
import { simulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import { openWorld, rawConfig, shenji } from '../support/world.ts';

type Interval = { traceId: string; spanId: string; parentSpanId?: string; name: string; attributes: unknown };
type Export = { resourceSpans: { resource: unknown; scopeSpans: { spans: Interval[] }[] }[] };

it('one trace leads from the tick that planned a window over the queue to the bulk request that stored it', async () => {
  // A collector that speaks OTLP over HTTP.
  const collector = await standInVendor(() => ({ body: {} }));
  const spansOf = (): Interval[] =>
    collector.calls.flatMap(({ body }) =>
      (JSON.parse(body) as Export).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
  const to = Date.now() - 5_000;
  const vendor = await simulator({ seed: 'traced', events: 50, from: to - 600_000, to });
  const raw = rawConfig(vendor);
  await openWorld(raw);
  shenji(['run'], raw, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_SERVICE_NAME: 'shenji-test',
  });

  const namesUpwards = (span: Interval, spans: readonly Interval[]): string[] => {
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
    return [span.name, ...(parent === undefined ? [] : namesUpwards(parent, spans))];
  };
  const isWhole = (names: string[]): boolean => names.at(-1) === 'plan acme/feishu.openapi_audit' && names.length > 2;
  const pathOf = (name: RegExp) =>
    until(
      `a whole trace of ${String(name)}`,
      () => {
        const spans = spansOf();
        return spans.filter((span) => name.test(span.name)).map((span) => namesUpwards(span, spans));
      },
      (paths) => paths.some((names) => isWhole(names)),
    );
  const [bulk] = (await pathOf(/bulk/)).filter((names) => isWhole(names));
  expect(bulk?.some((name) => /process/i.test(name))).toBe(true);
  await pathOf(/^feishu openapi_logs.list_data$/);

  const everything = collector.calls.map(({ body }) => body).join('\n');
  expect(everything).toContain('shenji-test');
  expect(everything).not.toContain(vendor.feishu.appSecret);
});

it('nothing is traced where the environment names no endpoint, or switches it off', () => {
  expect(tracedService({})).toBeUndefined();
  expect(tracedService({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  expect(tracedService({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x' })).toBe('shenji');
});
