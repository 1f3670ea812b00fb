import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { tracedService } from '../../src/config/environment.ts';
import { openWorld, rawConfig, shenji, simulator, until } from '../support/world.ts';

type Span = { traceId: string; spanId: string; parentSpanId?: string; name: string; attributes: unknown };
type Export = { resourceSpans: { resource: unknown; scopeSpans: { spans: Span[] }[] }[] };

/** A collector that speaks OTLP over HTTP. */
async function otlpReceiver(): Promise<{ url: string; spans: Span[]; raw: string[] }> {
  const spans: Span[] = [];
  const raw: string[] = [];
  const receive = async (request: IncomingMessage): Promise<void> => {
    const body = (await json(request)) as Export;
    raw.push(JSON.stringify(body));
    for (const { scopeSpans } of body.resourceSpans) spans.push(...scopeSpans.flatMap((scope) => scope.spans));
  };
  const server = createServer((request, response) => {
    void receive(request).then(() => response.setHeader('content-type', 'application/json').end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, raw };
}

it('one trace leads from the tick that planned a window over the queue to the bulk request that stored it', async () => {
  const collector = await otlpReceiver();
  const to = Date.now() - 5_000;
  const vendor = await simulator({ seed: 'traced', events: 50, from: to - 600_000, to });
  const raw = rawConfig(vendor);
  await openWorld(raw);
  shenji(['run'], raw, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_SERVICE_NAME: 'shenji-test',
  });

  const namesUpwards = (span: Span): string[] => {
    const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
    return [span.name, ...(parent === undefined ? [] : namesUpwards(parent))];
  };
  const isWhole = (names: string[]): boolean => names.at(-1) === 'plan acme/feishu.openapi_audit' && names.length > 2;
  const pathOf = (name: RegExp) =>
    until(
      `a whole trace of ${String(name)}`,
      () => collector.spans.filter((span) => name.test(span.name)).map((span) => namesUpwards(span)),
      (paths) => paths.some((names) => isWhole(names)),
    );
  const [bulk] = (await pathOf(/bulk/)).filter((names) => isWhole(names));
  expect(bulk?.some((name) => /process/i.test(name))).toBe(true);
  await pathOf(/^feishu openapi_logs.list_data$/);

  const everything = collector.raw.join('\n');
  expect(everything).toContain('shenji-test');
  expect(everything).not.toContain(vendor.feishu.appSecret);
});

it('nothing is traced where the environment names no endpoint, or switches it off', () => {
  expect(tracedService({})).toBeUndefined();
  expect(tracedService({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  expect(tracedService({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x' })).toBe('shenji');
});
