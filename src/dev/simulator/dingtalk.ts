/** DingTalk's endpoints, as documented: token and daily statistics. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { strikeBelow, type Fault } from './faults.ts';
import { createRandom, type Random } from './random.ts';
import type { Tokens } from './tokens.ts';

export type DingtalkOptions = {
  readonly appKey: string;
  readonly appSecret: string;
  readonly seed: string;
  readonly tokens: Tokens;
  readonly nextFault: () => Fault | undefined;
  readonly random: Random;
  readonly count: (api: string, status: number) => void;
};

type Kpi = {
  readonly kpiId: string;
  readonly kpiName: string;
  readonly unit: string;
  readonly kpiCaliber: string;
  readonly period: 'DAY';
};

const KPIS: Readonly<Record<string, readonly Kpi[]>> = {
  reportData: [
    { unit: '', period: 'DAY', kpiId: '4100', kpiCaliber: '发送钉钉日志数量', kpiName: '发送日志数' },
    { unit: '人', period: 'DAY', kpiId: '4101', kpiCaliber: '发送钉钉日志用户数', kpiName: '发送日志用户数' },
    { unit: '人', period: 'DAY', kpiId: '4102', kpiCaliber: '评论钉钉日志用户数', kpiName: '评论日志用户数' },
  ],
  activeUserData: [{ unit: '人', period: 'DAY', kpiId: '1001', kpiCaliber: '活跃用户数', kpiName: '活跃用户数' }],
};

/** The figures of a day: `<kpiId>_<period>` to value. Final from the start, and the same for the same seed. */
export function figuresOf(
  seed: string,
  dataset: string,
  statDate: string,
): { readonly metaList: readonly Kpi[]; readonly row: Readonly<Record<string, unknown>> } {
  const metaList = KPIS[dataset] ?? [{ unit: '', period: 'DAY', kpiId: '9001', kpiCaliber: dataset, kpiName: dataset }];
  const random = createRandom(`${seed}/${dataset}/${statDate}`);
  const values = metaList.map(({ kpiId, period }): [string, unknown] => {
    const value = random.below(500);
    // Numbers sometimes come as text, and sometimes not at all.
    return [
      `${kpiId}_${period}`,
      random.weighted<unknown>([
        [18, value],
        [1, String(value)],
        [1, null],
      ]),
    ];
  });
  return {
    metaList,
    row: { stat_date: statDate, corp_id: `ding${createRandom(seed).text(20)}`, ...Object.fromEntries(values) },
  };
}

export function serveDingtalk(server: FastifyInstance, options: DingtalkOptions): void {
  const { appKey, appSecret, seed, tokens, random, count } = options;

  function fail(reply: FastifyReply, status: number, code: string, message: string, more: object = {}): FastifyReply {
    count('statistics', status);
    return reply
      .code(status)
      .type('application/json;charset=utf-8')
      .send({ code, message, requestid: randomUUID(), ...more });
  }

  server.post('/v1.0/oauth2/accessToken', (request, reply) => {
    const body = (request.body ?? {}) as Record<string, unknown>;
    if (!body['appKey'] || !body['appSecret'])
      return fail(reply, 400, 'AuthenticationFailed.MissingParameter', 'appKey or appSecret is missing');
    if (body['appKey'] !== appKey || body['appSecret'] !== appSecret)
      return fail(reply, 400, 'invalidClientIdOrSecret', '无效的clientId或者clientSecret');
    const { value, secondsLeft } = tokens.issue();
    return reply.send({ accessToken: value, expireIn: secondsLeft });
  });

  server.get('/v1.0/datacenter/:dataset', async (request, reply) => {
    const fault = options.nextFault();
    if (fault !== 'html' && (await strikeBelow(fault, reply, random))) {
      count('statistics', 0);
      return reply;
    }
    if (fault === 'token-expiry') tokens.expire();
    if (!tokens.isValid(request.headers['x-acs-dingtalk-access-token'] as string | undefined))
      return fail(reply, 400, 'InvalidAuthentication', '不合法的access_token');
    if (fault === 'rate-limit')
      return fail(reply, 403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', 'too many calls');
    if (fault === 'internal') return fail(reply, 500, 'systemError', '系统异常');
    if (fault === 'hidden-failure') return fail(reply, 200, 'unknownError', '未知错误');
    const { dataset } = request.params as { dataset: string };
    const { statDate } = request.query as { statDate?: string };
    if (!statDate) return fail(reply, 500, 'statDate.is.null', 'statDate请求参数为空');
    if (!/^\d{8}$/.test(statDate))
      return fail(reply, 500, 'statDate.format.iserror', 'statDate请求参数格式不正确,正确格式:yyyyMMdd');
    const { metaList, row } = figuresOf(seed, dataset, statDate);
    count('statistics', 200);
    return reply.send({ metaList, dataList: [row] });
  });
}
