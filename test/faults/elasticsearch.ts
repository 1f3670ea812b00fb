/** The Elasticsearch that the runs of a breaker share: what shakes all of it waits for a moment when no run sets up or compares. */
export type SharedElasticsearch = {
  readonly url: string;
  /** Runs `work` while nothing shakes the server. */
  steady<T>(work: () => Promise<T>): Promise<T>;
  /** Runs `work` while no run is in its steady moments; undefined where others use the server too. */
  readonly shake: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  /** Kills it and resolves when it is back with its data. */
  readonly restart: ((downMs: number) => Promise<void>) | undefined;
};

/** `restart`: undefined for a server that must not be shaken. */
export function shareElasticsearch(url: string, restart?: (downMs: number) => Promise<void>): SharedElasticsearch {
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

  return { url, steady, shake: restart === undefined ? undefined : shake, restart };
}
