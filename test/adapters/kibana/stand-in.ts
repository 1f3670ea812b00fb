/** A Kibana that answers as its documentation says, for what `setup` asks it: spaces, saved objects, rules. */
import fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

type Json = Record<string, unknown>;
export type StandIn = {
  readonly url: string;
  /** By `type/id`. */
  readonly objects: Map<string, Json>;
  /** By `rule_id`. */
  readonly rules: Map<string, Json>;
  /** Method and path of everything that was asked. */
  readonly asked: string[];
};

export type StandInOptions = {
  /** The whole `Authorization` header that it wants; without it anybody may. */
  readonly authorization?: string;
  readonly space?: string;
  /** Errors for single objects, by id. */
  readonly objectErrors?: Readonly<Record<string, Json>>;
  /** By id: the id that an object gets instead, as where another space has its own. */
  readonly destinations?: Readonly<Record<string, string>>;
  readonly ruleErrors?: Readonly<Record<string, { status_code: number; message: string }>>;
  readonly forbidden?: boolean;
  readonly version?: string;
  /** What `/api/status` says first, one after the other; then that all is well. A number is that status, in plain text. */
  readonly starting?: readonly (
    | number
    | { readonly status: number; readonly level: string; readonly summary: string }
  )[];
};

/** The NDJSON that lies in a multipart body. */
function fileIn(body: string): Json[] {
  return body
    .split(/\r?\n/)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Json);
}

/** What Kibana adds to a rule that does not say it; what is not said is switched on. */
const RULE_DEFAULTS: Json = {
  enabled: true,
  actions: [],
  exceptions_list: [],
  risk_score_mapping: [],
  severity_mapping: [],
  interval: '5m',
  from: 'now-6m',
  to: 'now',
  max_signals: 100,
  related_integrations: [],
  required_fields: [],
  setup: '',
  references: [],
  false_positives: [],
  threat: [],
  author: [],
  output_index: '',
  version: 1,
};

/** As Kibana shows what it has imported: all of the rule that was there is replaced, and its revision counts. */
function stored(rule: Json, before: Json | undefined): Json {
  const revision = before === undefined ? 0 : Number(before['revision']) + 1;
  return { ...RULE_DEFAULTS, ...rule, immutable: false, rule_source: { type: 'internal' }, revision };
}

export async function kibanaStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const {
    authorization,
    space = 'default',
    objectErrors = {},
    destinations = {},
    ruleErrors = {},
    forbidden = false,
    version = '9.5.3',
    starting = [],
  } = options;
  const objects = new Map<string, Json>();
  const rules = new Map<string, Json>();
  const asked: string[] = [];
  const still = [...starting];
  const server = fastify({ bodyLimit: 50 * 1024 * 1024 });
  server.addContentTypeParser('multipart/form-data', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.addHook('onRequest', async (request, reply) => {
    asked.push(`${request.method} ${request.url}`);
    const fail = (statusCode: number, error: string, message: string): Promise<void> =>
      reply.code(statusCode).send({ statusCode, error, message }) as unknown as Promise<void>;
    // A Kibana that starts says so to everything, before it asks who one is.
    if (typeof still[0] === 'number') {
      const status = still.shift() as number;
      return reply.code(status).type('text/plain').send('Kibana server is not ready yet.');
    }
    if (authorization !== undefined && request.headers.authorization !== authorization)
      return fail(401, 'Unauthorized', 'security_exception: unable to authenticate with provided credentials');
    if (request.method === 'POST' && request.headers['kbn-xsrf'] === undefined)
      return fail(400, 'Bad Request', 'Request must contain a kbn-xsrf header.');
    if (forbidden) return fail(403, 'Forbidden', 'API [POST /api/saved_objects/_import] is unauthorized for user');
    return undefined;
  });
  const prefix = space === 'default' ? '' : `/s/${space}`;
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ statusCode: 404, error: 'Not Found', message: 'Not Found' }),
  );
  server.get('/api/status', (_request, reply) => {
    const now = still.shift();
    const overall = typeof now === 'object' ? now : { level: 'available', summary: 'All services are available' };
    return reply
      .code(typeof now === 'object' ? now.status : 200)
      .send({ name: 'kibana', version: { number: version }, status: { overall } });
  });
  server.get<{ Params: { id: string } }>(`${prefix}/api/spaces/space/:id`, (request, reply) =>
    request.params.id === space
      ? reply.send({ id: space, name: space })
      : reply.code(404).send({ statusCode: 404, error: 'Not Found', message: 'Not Found' }),
  );
  server.post(`${prefix}/api/saved_objects/_import`, (request, reply) => {
    const successResults: Json[] = [];
    const errors: Json[] = [];
    for (const object of fileIn(request.body as string)) {
      const { type, id, attributes } = object as { type: string; id: string; attributes: Json };
      const meta = { title: attributes['title'] };
      const error = objectErrors[id];
      if (error !== undefined) errors.push({ type, id, meta, error });
      else {
        const overwrite = objects.has(`${type}/${id}`);
        objects.set(`${type}/${id}`, object);
        const destinationId = destinations[id];
        successResults.push({
          type,
          id,
          meta,
          ...(overwrite ? { overwrite } : {}),
          ...(destinationId === undefined ? {} : { destinationId }),
        });
      }
    }
    return reply.send({
      success: errors.length === 0,
      successCount: successResults.length,
      warnings: [],
      ...(successResults.length === 0 ? {} : { successResults }),
      ...(errors.length === 0 ? {} : { errors }),
    });
  });
  server.get<{ Querystring: { rule_id: string } }>(`${prefix}/api/detection_engine/rules`, (request, reply) => {
    const found = rules.get(request.query.rule_id);
    if (found !== undefined) return reply.send(found);
    return reply.code(404).send({ message: `rule_id: "${request.query.rule_id}" not found`, status_code: 404 });
  });
  server.post(`${prefix}/api/detection_engine/rules/_import`, (request, reply) => {
    const errors: Json[] = [];
    const sent = fileIn(request.body as string);
    for (const rule of sent) {
      const id = String(rule['rule_id']);
      const error = ruleErrors[id];
      if (error !== undefined) errors.push({ rule_id: id, error });
      else rules.set(id, stored(rule, rules.get(id)));
    }
    return reply.send({
      success: errors.length === 0,
      success_count: sent.length - errors.length,
      rules_count: sent.length,
      errors,
      exceptions_success: true,
      exceptions_success_count: 0,
      exceptions_errors: [],
    });
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  return { url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`, objects, rules, asked };
}
