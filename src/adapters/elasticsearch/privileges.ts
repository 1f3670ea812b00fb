/** What the user of this configuration may do, asked of Elasticsearch itself. */
import type { estypes } from '@elastic/elasticsearch';
import { orUnavailable, statusOf, type Elasticsearch } from './client.ts';
import type { Role } from './roles.ts';

/** Undefined where Elasticsearch has no security; else what these credentials have of the role, or have not, one `name: privileges` each. @throws DestinationUnavailableError */
async function privilegesOf(
  client: Elasticsearch,
  role: Role,
  namespace: string,
  wanted: 'granted' | 'missing',
): Promise<string[] | undefined> {
  const index = role.indices.map(({ names, privileges }) => ({
    names: names.map((name) => name.replace(/\*$/, namespace)),
    privileges: [...privileges],
  }));
  const body = { cluster: [...role.cluster], index } as estypes.SecurityHasPrivilegesRequest;
  try {
    const has = await client.security.hasPrivileges(body);
    const cluster = Object.entries(has.cluster).flatMap(([privilege, granted]) =>
      granted === (wanted === 'granted') ? [`cluster: ${privilege}`] : [],
    );
    const indices = Object.entries(has.index).flatMap(([name, privileges]) => {
      const found = Object.entries(privileges).flatMap(([privilege, granted]) =>
        granted === (wanted === 'granted') ? [privilege] : [],
      );
      return found.length === 0 ? [] : [`${name}: ${found.join(', ')}`];
    });
    return [...cluster, ...indices];
  } catch (error) {
    // Without security the API is not there: 400, 404 or 405, by version and distribution.
    if ([400, 404, 405, 500].includes(statusOf(error) ?? 0)) return undefined;
    return orUnavailable('asking for its privileges', Promise.reject(error as Error));
  }
}

/** What is missing of the role; undefined and errors as above. */
export const missingPrivileges = (
  client: Elasticsearch,
  role: Role,
  namespace: string,
): Promise<string[] | undefined> => privilegesOf(client, role, namespace, 'missing');

/** What these credentials have of a role that they should have nothing of; undefined and errors as above. */
export const grantedPrivileges = (
  client: Elasticsearch,
  role: Role,
  namespace: string,
): Promise<string[] | undefined> => privilegesOf(client, role, namespace, 'granted');
