/** Both vendors on one port, deterministic from a seed. Imports nothing from the pipeline, nor the pipeline from it. */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { serveApplications } from './applications.ts';
import type { TruthRecord } from './audit-record.ts';
import { figuresOf, serveDingtalk } from './dingtalk.ts';
import { serveFeishu, type Refusal } from './feishu.ts';
import { createLive } from './live.ts';
import { draw, type Fault, type FaultPlan } from './faults.ts';
import { createRandom } from './random.ts';
import { createRateLimit } from './rate-limit.ts';
import { addressesOf } from './addresses.ts';
import { createTokens } from './tokens.ts';
import { createTraffic, type Traffic } from './traffic.ts';

export { HISTORY_DAYS } from './stage.ts';
export { FAULTS, parseFaults, type FaultPlan } from './faults.ts';

export type SimulatorOptions = {
  readonly seed?: string;
  /** Where it listens; this machine alone by default. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port?: number;
  readonly events?: number;
  /** The time range of the events, epoch milliseconds; by default the last day. Those in the future are listed when their time comes. */
  readonly from?: number;
  readonly to?: number;
  /** Share of odd records, 0 to 1. */
  readonly odd?: number;
  /** Share of records published up to `lateSeconds` after their time. */
  readonly late?: number;
  readonly lateSeconds?: number;
  /** Adds fifteen days of look-alikes and, in the last of them, attacks; `from` must lie so far back. */
  readonly story?: boolean;
  /** Goes on after `to`, with about so many calls in a minute of office hours; with none by default. */
  readonly live?: number;
  /** How many apps of the tenant may read the audit log, each with a limit of its own; one by default. */
  readonly apps?: number;
  /** Calls a minute of one app to the audit log; unlimited by default. */
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
  /** Where this machine reaches it. */
  readonly url: string;
  /** Where other machines do; none where it listens on loopback alone. */
  readonly urlsFromElsewhere: readonly string[];
  readonly feishu: { readonly appId: string; readonly appSecret: string };
  /** All apps that may read the audit log; `feishu` is the first. */
  readonly feishuApps: readonly { readonly appId: string; readonly appSecret: string }[];
  readonly dingtalk: { readonly appKey: string; readonly appSecret: string };
  readonly truth: Traffic & {
    /** What the vendor lists from `start` up to and with `end`, epoch seconds, in order; live calls too. */
    readonly listed: (start: number, end: number) => readonly TruthRecord[];
    /** The figures of one day. */
    readonly figures: (dataset: string, statDate: string) => Readonly<Record<string, unknown>>;
  };
  /** Answers so far by API and status; 0 for calls that got none. */
  readonly answers: () => Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** How often each fault struck so far. */
  readonly struck: () => Readonly<Partial<Record<Fault, number>>>;
  readonly tokensIssued: () => number;
  setFaults(plan: FaultPlan): void;
  /** Refuses all calls of Feishu's audit log from now on; undefined: none any more. */
  refuse(how: Refusal | undefined): void;
  expireTokens(): void;
  close(): Promise<void>;
};

const DAY = 86_400_000;

/** First index whose record is listed at or after `time`. */
function lowerBound(records: readonly TruthRecord[], time: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.listedAt ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

// oxlint-disable-next-line max-lines-per-function -- wires the vendors, and hands out what a test may turn
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const {
    seed = 'shenji',
    host = '127.0.0.1',
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
  const { records, ordinary } = traffic;
  const live = createLive({ seed, apps: ordinary, perMinute: options.live ?? 0, since: Math.ceil(to / 1_000) });
  const listed = (start: number, end: number): TruthRecord[] => [
    ...records.slice(lowerBound(records, start), lowerBound(records, end + 1)),
    ...live.between(start, end),
  ];
  const answers: Record<string, Record<number, number>> = {};
  let { faults = {} } = options;
  let refusal: Refusal | undefined;
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
  const more = createRandom(`${seed}/more-apps`);
  const readingApps = Array.from({ length: options.apps ?? 1 }, (_, position) => ({
    ...(position === 0 ? feishu : { appId: `cli_${more.text(16)}`, appSecret: more.text(32) }),
    tokens: createTokens('t-', tokenLifeMs),
    limit: createRateLimit(rateLimit, rateLimitKind),
  }));
  const dingtalkTokens = createTokens('', tokenLifeMs);
  serveFeishu(server, {
    ...shared,
    apps: readingApps,
    listed,
    refusal: () => refusal,
    now,
  });
  serveApplications(server, {
    ...shared,
    apps: traffic.apps,
    isGranted: options.grantAppNames ?? true,
    tokens: { isValid: (token) => readingApps.some(({ tokens }) => tokens.isValid(token)) },
  });
  serveDingtalk(server, { ...shared, ...dingtalk, seed, tokens: dingtalkTokens });
  server.get('/healthz', () => ({ status: 'ok' }));
  await server.listen({ port, host });
  return {
    ...addressesOf(server.server.address() as AddressInfo),
    feishu,
    feishuApps: readingApps.map(({ appId, appSecret }) => ({ appId, appSecret })),
    dingtalk,
    truth: { ...traffic, listed, figures: (dataset, statDate) => figuresOf(seed, dataset, statDate).row },
    answers: () => answers,
    struck: () => struck,
    tokensIssued: () => readingApps.reduce((sum, { tokens }) => sum + tokens.issued(), dingtalkTokens.issued()),
    setFaults: (plan) => {
      faults = plan;
    },
    refuse: (how) => {
      refusal = how;
    },
    expireTokens: () => {
      for (const { tokens } of readingApps) tokens.expire();
      dingtalkTokens.expire();
    },
    close: () => server.close(),
  };
}
