/** Whether this process can work: Redis and Elasticsearch answer, and its workers have found what they need. */
import { probeElasticsearch, type Runtime } from './runtime.ts';

/** Probes of Kubernetes give up after a second by default; deployments here give them five. */
const PATIENCE_MS = 3_000;

/** @throws Error where the work takes longer than `ms`. */
export async function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

/** One line for each thing that is missing; none when ready. */
export async function faultsOf({ redis, elasticsearch, scrub }: Runtime): Promise<string[]> {
  const probes = [
    { what: 'Redis', probe: async (): Promise<unknown> => redis.ping() },
    { what: 'Elasticsearch', probe: async (): Promise<unknown> => probeElasticsearch(elasticsearch) },
  ];
  const faults = probes.map(async ({ what, probe }) => {
    try {
      await withinTime(probe(), PATIENCE_MS);
      return [];
    } catch (error) {
      return [`${what}: ${scrub((error as Error).message)}`];
    }
  });
  return (await Promise.all(faults)).flat();
}
