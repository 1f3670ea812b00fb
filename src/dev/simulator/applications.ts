/** Feishu's list of the apps that a tenant has installed, as documented. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from './company.ts';
import { strikeBelow, type Fault } from './faults.ts';
import type { Random } from './random.ts';
import type { Tokens } from './tokens.ts';

export type ApplicationsOptions = {
  readonly apps: readonly App[];
  /** Whether the app holds the scope. */
  readonly isGranted: boolean;
  readonly tokens: Pick<Tokens, 'isValid'>;
  readonly nextFault: () => Fault | undefined;
  readonly random: Random;
  readonly count: (api: string, status: number) => void;
};

type Failure = { readonly status: number; readonly code: number; readonly msg: string };

const MOST = 50;
const SCOPE = 'admin:app.info:readonly';

/** Where the page begins and how long it is, or what is wrong with the parameters. */
function readQuery(query: Record<string, string | undefined>, apps: number): { from: number; size: number } | Failure {
  const { lang, page_size: size = `${MOST}`, page_token: token = '0' } = query;
  if (!['zh_cn', 'en_us', 'ja_jp'].includes(lang ?? ''))
    return { status: 400, code: 211001, msg: 'invalid param: lang' };
  if (!/^\d+$/.test(size) || Number(size) < 1 || Number(size) > MOST)
    return { status: 400, code: 211004, msg: `page size must be 1 to ${MOST}` };
  if (!/^\d+$/.test(token) || Number(token) > apps) return { status: 400, code: 211003, msg: 'page token invalid' };
  return { from: Number(token), size: Number(size) };
}

const itemOf = ({ id, name }: App): object => ({
  app_id: id,
  app_name: name,
  status: 1,
  scene_type: 0,
  payment_type: 0,
  primary_language: 'zh_cn',
  i18n: [{ i18n_key: 'zh_cn', name }],
  owner: { type: 2 },
});

export function serveApplications(server: FastifyInstance, options: ApplicationsOptions): void {
  const { apps, isGranted, tokens, random, count } = options;

  function answer(reply: FastifyReply, status: number, body: object): FastifyReply {
    count('applications', status);
    return reply.code(status).header('X-Tt-Logid', randomBytes(12).toString('hex')).send(body);
  }

  server.get('/open-apis/application/v6/applications', async (request, reply) => {
    const fault = options.nextFault();
    if (await strikeBelow(fault, reply, random)) {
      count('applications', 0);
      return reply;
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (!tokens.isValid(token))
      return answer(reply, 400, { code: 99991663, msg: 'Invalid access token for authorization' });
    if (!isGranted)
      return answer(reply, 400, {
        code: 99991672,
        msg: `Access denied. One of the following scopes is required: [${SCOPE}]`,
        error: { log_id: randomBytes(8).toString('hex') },
      });
    if (fault === 'rate-limit') {
      reply.header('x-ogw-ratelimit-limit', '100').header('x-ogw-ratelimit-reset', '1');
      return answer(reply, 429, { code: 99991400, msg: 'request trigger frequency limit' });
    }
    if (fault === 'internal') return answer(reply, 500, { code: 211002, msg: 'internal error' });
    if (fault === 'hidden-failure') return answer(reply, 200, { code: 211002, msg: 'internal error' });
    const asked = readQuery(request.query as Record<string, string | undefined>, apps.length);
    if ('code' in asked) return answer(reply, asked.status, { code: asked.code, msg: asked.msg });
    const page = apps.slice(asked.from, asked.from + asked.size);
    const next = asked.from + page.length;
    const more = next < apps.length ? { has_more: true, page_token: String(next) } : { has_more: false };
    return answer(reply, 200, {
      code: 0,
      msg: 'success',
      data: { app_list: page.map(itemOf), total_count: page.length, ...more },
    });
  });
}
