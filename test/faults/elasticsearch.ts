/** The Elasticsearch that the runs of a breaker share: what shakes all of it waits for a moment when no run sets up or compares. */
import type { RoleName } from '../../src/adapters/elasticsearch/roles.ts';
import { ADMIN, PASSWORD } from '../support/users.ts';

export type SharedElasticsearch = {
  readonly url: string;
  /** Of who has this role, as the configuration takes them; none where the server has no security. */
  readonly credentialsOf: (role: RoleName | 'admin') => { readonly username?: string; readonly password?: string };
  /** As the superuser, past everything that can misbehave. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  /** Runs `work` while nothing shakes the server. */
  steady<T>(work: () => Promise<T>): Promise<T>;
  /** Runs `work` while no run is in its steady moments; undefined where others use the server too. */
  readonly shake: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  /** Kills it and resolves when it is back with its data. */
  readonly restart: ((downMs: number) => Promise<void>) | undefined;
};

/** `restart`: undefined for a server that must not be shaken; `secured`: its users are those of `test/support/users.ts`. */
export function shareElasticsearch(
  url: string,
  { restart, secured = false }: { restart?: (downMs: number) => Promise<void>; secured?: boolean } = {},
): SharedElasticsearch {
  let shaken: Promise<unknown> = Promise.resolve();
  const steadyWork = new Set<Promise<unknown>>();

  async function steady<T>(work: () => Promise<T>): Promise<T> {
    for (let seen; seen !== shaken;) {
      seen = shaken;
      await seen;
    }
    const running = work();
    steadyWork.add(running);
    try {
      return await running;
    } finally {
      steadyWork.delete(running);
    }
  }

  function shake<T>(work: () => Promise<T>): Promise<T> {
    const turn = shaken.then(() => Promise.allSettled(steadyWork)).then(work);
    shaken = turn.catch(() => undefined);
    return turn;
  }

  return {
    url,
    credentialsOf: (username) => (secured ? { username, password: PASSWORD } : {}),
    ask: (path, init = {}) =>
      fetch(`${url}${path}`, { ...init, ...(secured ? { headers: { authorization: ADMIN } } : {}) }),
    steady,
    shake: restart === undefined ? undefined : shake,
    restart,
  };
}
