/**
 * The least that each part of shenji needs of Elasticsearch, as bodies for `PUT _security/role/<name>`. They cover every
 * namespace; narrow the last `*` of each name where tenants of one cluster must not see each other.
 */
import type { SourceDefinition } from '../../sdk/definition.ts';

/** A body as Elasticsearch takes it: cluster privileges, and index privileges by name. */
export type Role = {
  readonly cluster: readonly string[];
  readonly indices: readonly { readonly names: readonly string[]; readonly privileges: readonly string[] }[];
};

const OWN = ['logs-shenji.window-*', 'logs-shenji.dead_letter-*', 'metrics-shenji.completeness-*'];
const CHECKPOINTS = ['shenji-checkpoints-*'];
const READ = ['read', 'view_index_metadata'];

export const ROLE_NAMES = ['writer', 'setup', 'repair', 'reader'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

const dataOf = (definitions: readonly SourceDefinition[]): string[] =>
  definitions.map(({ name, dataStream }) => `${dataStream.type}-${name}-*`);

/** For the data streams of these sources. */
export function rolesOf(definitions: readonly SourceDefinition[]): Readonly<Record<RoleName, Role>> {
  const data = dataOf(definitions);
  return {
    /**
     * Scheduler and workers: they create, and neither change nor delete. `monitor` reads the cluster's health and the
     * versions of the templates.
     */
    writer: {
      cluster: ['monitor'],
      indices: [
        { names: [...data, ...OWN], privileges: ['create_doc', 'auto_configure', ...READ] },
        { names: CHECKPOINTS, privileges: ['index', ...READ] },
      ],
    },
    /** `shenji setup`, once for each version: templates, lifecycle, and the mappings of the streams that are there. */
    setup: {
      cluster: ['monitor', 'manage_index_templates'],
      indices: [{ names: [...data, ...OWN, ...CHECKPOINTS], privileges: ['manage', ...READ] }],
    },
    /**
     * `shenji repair`, also in a scheduler that has its key: takes copies of documents away. Neither ledger nor dead
     * letters are within its reach.
     */
    repair: {
      cluster: ['monitor'],
      indices: [{ names: data, privileges: ['delete', 'maintenance', ...READ] }],
    },
    /** Analysts, and `status`, `prove` and `rules preview`. `maintenance` makes what was just written visible to a count. */
    reader: {
      cluster: ['monitor'],
      indices: [{ names: [...data, ...OWN, ...CHECKPOINTS], privileges: [...READ, 'maintenance'] }],
    },
  };
}

/** Whatever takes documents away or puts others in their place. */
const ERASE = ['delete', 'delete_index', 'index', 'manage', 'manage_data_stream_lifecycle'];

/** What no worker may have, and what nobody may have who repairs: judged by `shenji check`. */
export function forbiddenOf(definitions: readonly SourceDefinition[]): Readonly<Record<'writer' | 'repair', Role>> {
  const data = dataOf(definitions);
  return {
    writer: { cluster: [], indices: [{ names: [...data, ...OWN], privileges: ERASE }] },
    repair: {
      cluster: [],
      indices: [
        // To take copies of events away is its work, and no more.
        { names: data, privileges: ERASE.filter((privilege) => privilege !== 'delete') },
        { names: [...OWN, ...CHECKPOINTS], privileges: ERASE },
      ],
    },
  };
}
