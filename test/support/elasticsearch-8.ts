/** An Elasticsearch that answers as 8.19.21 did when it was asked (`npm run try:elasticsearch-8` asks a real one). */
import { standInVendor, type Answer, type StandInVendor } from '../../src/testing/stand-in.ts';

export type Telling = {
  /** What `GET /` says; 405 where absent, as on a server that is cut down. */
  readonly root?: { readonly number: string; readonly build_flavor: string };
  /** What its nodes say; 403 where absent. */
  readonly nodes?: readonly string[];
};

const answer = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'x-elastic-product': 'Elasticsearch' },
  body,
});

const REFUSAL = {
  type: 'media_type_header_exception',
  reason: 'Invalid media-type value on headers [Accept, Content-Type]',
};
const CAUSE = {
  type: 'status_exception',
  reason:
    'Accept version must be either version 8 or 7, but found 9. Accept=application/vnd.elasticsearch+json; compatible-with=9',
};

/** It refuses whatever has a body, and answers the rest: nothing is installed. */
export function elasticsearch8({ root, nodes }: Telling): Promise<StandInVendor> {
  return standInVendor(({ method, path, headers, body }) => {
    if (body !== '' && (headers['content-type'] ?? '').includes('compatible-with=9'))
      return answer(400, { error: { root_cause: [REFUSAL], ...REFUSAL, caused_by: CAUSE }, status: 400 });
    if (path === '/' && root !== undefined) return answer(200, { name: 'node', version: root, tagline: 'You Know, for Search' });
    if (path === '/')
      return answer(405, { error: `Incorrect HTTP method for uri [/] and method [${method}], allowed: [DELETE]`, status: 405 });
    if (path.startsWith('/_nodes') && nodes !== undefined)
      return answer(200, { nodes: Object.fromEntries(nodes.map((version, at) => [`node-${at}`, { version }])) });
    if (path.startsWith('/_nodes')) return answer(403, { error: { type: 'security_exception' }, status: 403 });
    if (path.startsWith('/_cluster/health')) return answer(200, { status: 'green' });
    return answer(404, { error: { type: 'resource_not_found_exception' }, status: 404 });
  }); // prettier-ignore
}
