/** Both vendors on one port, deterministic from a seed. Imports nothing from the pipeline, nor the pipeline from it. */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { serveApplications } from './applications.ts';
import { figuresOf, serveDingtalk } from './dingtalk.ts';
import { serveFeishu } from './feishu.ts';
import { draw, type Fault, type FaultPlan } from './faults.ts';
import { createRandom } from './random.ts';
import { createRateLimit } from './rate-limit.ts';
import { createTokens } from './tokens.ts';
import { createTraffic, type Traffic } from './traffic.ts';

export { FAULTS, parseFaults, type FaultPlan } from './faults.ts';

export type SimulatorOptions = {
  readonly seed?: string;
  /** 0 takes any free port. */
  readonly port?: number;
  readonly events?: number;
  /** The stretch of the events, epoch milliseconds; by default the last day. Those in the future are listed when their time comes. */
  readonly from?: number;
  readonly to?: number;
  /** Share of odd records, 0 to 1. */
  readonly odd?: number;
  /** Share of records published up to `lateSeconds` after their time. */
  readonly late?: number;
  readonly lateSeconds?: number;
  /** Adds fifteen days of look-alikes and, in the last of them, attacks; `from` must lie so far back. */
  readonly story?: boolean;
  /** Calls a minute to the audit log; unlimited by default. */
  readonly rateLimit?: number;
  readonly rateLimitKind?: 'fixed' | 'sliding';
  readonly tokenLifeMs?: number;
  /** Whether the Feishu app may list the tenant's apps, for their names; it may by default. */
  readonly grantAppNames?: boolean;
  readonly faults?: FaultPlan;
  /** How far the vendor's clock is off, in milliseconds. */
  readonly clockOffsetMs?: number;
};

export type Simulator = {
  readonly url: string;
  readonly feishu: { readonly appId: string; readonly appSecret: string };
  readonly dingtalk: { readonly appKey: string; readonly appSecret: string };
  readonly truth: Traffic & {
    /** The figures of one day. */
    readonly figures: (dataset: string, statDate: string) => Readonly<Record<string, unknown>>;
  };
  /** Answers so far by API and status; 0 for calls that got none. */
  readonly answers: () => Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** How often each fault struck so far. */
  readonly struck: () => Readonly<Partial<Record<Fault, number>>>;
  readonly tokensIssued: () => number;
  setFaults(plan: FaultPlan): void;
  expireTokens(): void;
  close(): Promise<void>;
};

const DAY = 86_400_000;

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const {
    seed = 'shenji',
    port = 0,
    events = 1_000,
    odd = 0,
    late = 0,
    lateSeconds = 1,
    to = Date.now(),
    clockOffsetMs = 0,
  } = options;
  const { from = to - DAY, rateLimit, rateLimitKind = 'fixed', tokenLifeMs = 7_200_000 } = options;
  const random = createRandom(`${seed}/credentials`);
  const feishu = { appId: `cli_${random.text(16)}`, appSecret: random.text(32) };
  const dingtalk = { appKey: `ding${random.text(16)}`, appSecret: random.text(64) };
  const traffic = createTraffic({
    seed,
    events,
    odd,
    late,
    lateSeconds,
    from: Math.floor(from / 1_000),
    to: Math.ceil(to / 1_000),
    story: options.story === true ? feishu.appId : undefined,
  });
  const answers: Record<string, Record<number, number>> = {};
  let { faults = {} } = options;
  const now = (): number => Date.now() + clockOffsetMs;

  function count(api: string, status: number): void {
    const ofApi = (answers[api] ??= {});
    ofApi[status] = (ofApi[status] ?? 0) + 1;
  }

  const server = fastify({ forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  // The SDKs send JSON with, with another and with no content type at all.
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)));
    } catch {
      done(null, {});
    }
  });
  server.addHook('onRequest', async (_request, reply) => void reply.header('date', new Date(now()).toUTCString()));
  server.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('404 page not found'));
  const struck: Partial<Record<Fault, number>> = {};
  const chance = createRandom(`${seed}/faults`);
  const nextFault = (): Fault | undefined => {
    const fault = draw(faults, chance);
    if (fault !== undefined) struck[fault] = (struck[fault] ?? 0) + 1;
    return fault;
  };
  const shared = { nextFault, random: chance, count };
  const feishuTokens = createTokens('t-', tokenLifeMs);
  const dingtalkTokens = createTokens('', tokenLifeMs);
  serveFeishu(server, {
    ...shared,
    ...feishu,
    records: traffic.records,
    tokens: feishuTokens,
    limit: createRateLimit(rateLimit, rateLimitKind),
    now,
  });
  serveApplications(server, {
    ...shared,
    apps: traffic.apps,
    isGranted: options.grantAppNames ?? true,
    tokens: feishuTokens,
  });
  serveDingtalk(server, { ...shared, ...dingtalk, seed, tokens: dingtalkTokens });
  await server.listen({ port, host: '127.0.0.1' });
  return {
    url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    feishu,
    dingtalk,
    truth: { ...traffic, figures: (dataset, statDate) => figuresOf(seed, dataset, statDate).row },
    answers: () => answers,
    struck: () => struck,
    tokensIssued: () => feishuTokens.issued() + dingtalkTokens.issued(),
    setFaults: (plan) => {
      faults = plan;
    },
    expireTokens: () => {
      feishuTokens.expire();
      dingtalkTokens.expire();
    },
    close: () => server.close(),
  };
}
