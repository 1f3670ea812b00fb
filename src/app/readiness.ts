/** Whether this process can work: Redis and Elasticsearch answer, and its workers have found what they need. */
import { runCheck, type Outcome } from './check/run-check.ts';
import { probeElasticsearch, type Runtime } from './runtime.ts';

/** Probes of Kubernetes give up after a second by default; deployments here give them five. */
const PATIENCE_MS = 3_000;

/** One line for each thing that is missing; none when ready. */
export async function faultsOf(runtime: Runtime): Promise<string[]> {
  const { redis, elasticsearch } = runtime;
  const answers = (work: Promise<unknown>): Promise<Outcome> => work.then(() => ({ state: 'ok', message: 'answers' }));
  const patience = { patienceMs: PATIENCE_MS };
  const found = await Promise.all([
    runCheck(runtime, 'Redis', () => answers(redis.ping()), patience),
    runCheck(runtime, 'Elasticsearch', () => answers(probeElasticsearch(elasticsearch)), patience),
  ]);
  return found.filter(({ state }) => state === 'fault').map(({ check, message }) => `${check}: ${message}`);
}
