/** Something in front of the real Elasticsearch: it takes some requests itself, or changes what the server answers. */
import { createServer } from 'node:http';
import { listening } from './listening.ts';

export type Asked = { readonly method: string; readonly path: string; readonly query: string; readonly body: string };
export type Told = { readonly status: number; readonly body: unknown };
export type InFront = { readonly url: string; readonly asked: readonly Asked[] };

/** `answer` may leave a request to the server by giving undefined, or ask the server itself first. */
export async function inFrontOf(
  target: string,
  answer: (asked: Asked, forward: () => Promise<Told>) => Promise<Told | undefined> | Told | undefined,
): Promise<InFront> {
  const all: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    const reply = async (): Promise<void> => {
      const { pathname, search } = new URL(request.url ?? '/', target);
      const method = request.method ?? 'GET';
      const body = Buffer.concat(chunks);
      const asked = { method, path: decodeURIComponent(pathname), query: search, body: body.toString() };
      all.push(asked);
      const forward = async (): Promise<Told> => {
        const found = await fetch(`${target}${request.url}`, {
          method,
          headers: {
            'content-type': request.headers['content-type'] ?? 'application/json',
            accept: request.headers.accept ?? '*/*',
          },
          ...(body.length === 0 ? {} : { body }),
        });
        const text = await found.text();
        return { status: found.status, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
      };
      const told = (await answer(asked, forward)) ?? (await forward());
      const headers = { 'X-elastic-product': 'Elasticsearch', 'content-type': 'application/json' };
      response.writeHead(told.status, headers);
      response.end(method === 'HEAD' ? undefined : JSON.stringify(told.body));
    };
    request.on('end', () => void reply().catch(() => response.destroy()));
  });
  return { url: await listening(server), asked: all };
}

type Lifecycle = { readonly enabled: boolean; readonly data_retention?: string };
export type Lifecycles = InFront & { readonly streams: Map<string, Lifecycle> };

const days = (retention: string): number => Number(/^(\d+)d$/.exec(retention)?.[1] ?? NaN);

/**
 * The data-stream lifecycle API, which the embedded server lacks, as its documentation describes the answers ("Get" and "Put
 * data stream lifecycle", "Data stream retention"); everything else is the real server's. `streams` holds what is set.
 */
export async function withLifecycles(
  target: string,
  global: { readonly default_retention?: string; readonly max_retention?: string } = {},
): Promise<Lifecycles> {
  const streams = new Map<string, Lifecycle>();

  /** The stream's own, else the cluster's default, and never more than the cluster's maximum. */
  function effective({ data_retention: own }: Lifecycle): object {
    const { default_retention: standard, max_retention: most } = global;
    const wanted = own ?? standard;
    if (most !== undefined && (wanted === undefined || days(wanted) > days(most)))
      return { effective_retention: most, retention_determined_by: 'max_global_retention' };
    if (wanted === undefined) return {};
    const by = own === undefined ? 'default_global_retention' : 'data_stream_configuration';
    return { effective_retention: wanted, retention_determined_by: by };
  }

  const front = await inFrontOf(target, async ({ method, path, body }) => {
    const name = /^\/_data_stream\/([^/]+)\/_lifecycle$/.exec(path)?.[1];
    if (name === undefined) return undefined;
    const found = await fetch(`${target}/_resolve/index/${encodeURIComponent(name)}`);
    if (!found.ok) {
      const reason = { type: 'index_not_found_exception', reason: `no such index [${name}]` };
      return { status: 404, body: { error: { root_cause: [reason], ...reason }, status: 404 } };
    }
    if (method === 'PUT') {
      const { data_retention: retention, enabled = true } = JSON.parse(body) as Partial<Lifecycle>;
      streams.set(name, { enabled, ...(retention === undefined ? {} : { data_retention: retention }) });
      return { status: 200, body: { acknowledged: true } };
    }
    const lifecycle = streams.get(name);
    const shown = lifecycle === undefined ? {} : { lifecycle: { ...lifecycle, ...(lifecycle.enabled ? effective(lifecycle) : {}) } }; // prettier-ignore
    return { status: 200, body: { data_streams: [{ name, ...shown }], global_retention: global } };
  });
  return { ...front, streams };
}
