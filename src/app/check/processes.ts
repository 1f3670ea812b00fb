/** Checks of who plans and works. */
import { knownGroups } from '../../adapters/redis/groups.ts';
import { livingOf, type Part } from '../../adapters/redis/heartbeat.ts';
import { sourceKey, type Runtime } from '../runtime.ts';
import { ok, warning } from './outcome.ts';
import type { Outcome } from './run-check.ts';

/** Names of processes in one line. */
const MOST_NAMED = 3;

export async function alive({ redis, prefix }: Runtime, part: Part): Promise<Outcome> {
  const living = await livingOf(redis, prefix, part);
  if (living.length === 0) return warning(`none is running; start "shenji ${part}" or "shenji run"`);
  const more = living.length > MOST_NAMED ? ', …' : '';
  return ok(`${living.length} running: ${living.slice(0, MOST_NAMED).join(', ')}${more}`);
}

/** Sources that no worker that lives would take: all of them may be there for streams of their own. */
async function unserved({ redis, prefix, sources }: Runtime, workers: number): Promise<readonly string[]> {
  const groups = (await knownGroups(redis, prefix)).filter(({ group }) => group.pass === undefined);
  const dedicated = groups.reduce((sum, { living }) => sum + living, 0);
  if (dedicated < workers) return [];
  const served = new Set(groups.flatMap(({ living, group }) => (living > 0 ? group.sources : [])));
  return sources.map(sourceKey).filter((source) => !served.has(source));
}

export async function workersAlive(runtime: Runtime): Promise<Outcome> {
  const found = await alive(runtime, 'worker');
  if (found.state !== 'ok') return found;
  const { length: workers } = await livingOf(runtime.redis, runtime.prefix, 'worker');
  const left = await unserved(runtime, workers);
  if (left.length === 0) return found;
  return warning(
    `${found.message}, but each takes streams of its own alone (--streams), and none ${left.slice(0, MOST_NAMED).join(', ')}${left.length > MOST_NAMED ? ', …' : ''}; start a "shenji worker" without --streams`,
  );
}
