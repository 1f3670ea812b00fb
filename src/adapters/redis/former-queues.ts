/** Versions before had two queues for each source of a tenant. What waits in them is planned anew: Redis holds only work. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Stream } from '../../core/stream.ts';

const FORMER_LANES = ['live', 'later'] as const;

/** The names of those that were there, and are gone now. */
export async function dropFormerQueues(
  connection: Redis,
  prefix: string,
  sources: readonly Omit<Stream, 'pass'>[],
): Promise<string[]> {
  const names = sources.flatMap(({ tenant, source }) => FORMER_LANES.map((lane) => `${tenant}.${source}.${lane}`));
  const asked = connection.pipeline();
  for (const name of names) asked.exists(`${prefix}:${name}:meta`);
  const answers = (await asked.exec()) ?? [];
  const found = names.filter((_, at) => answers[at]?.[1] === 1);
  for (const name of found) {
    const queue = new Queue(name, { connection, prefix });
    queue.on('error', () => undefined);
    await queue.obliterate({ force: true });
    await queue.close();
  }
  return found;
}
