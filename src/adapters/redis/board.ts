/** The queue as a page for people: bull-board, to look at only. What changes windows are shenji's own commands. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyPluginAsync } from 'fastify';
import { withinBound } from '../../core/time/within-bound.ts';
import type { Lanes } from './lanes.ts';

/** How long a page that asks again and again lives with what was seen of groups. */
const SEEN_MS = 5_000;
const LONGEST_MS = 1_000;

/** A plugin to be registered under `path`, which shows the lanes that all workers take from and those of groups. */
export function createBoard(path: string, lanes: Lanes): FastifyPluginAsync {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(path);
  const { replaceQueues } = createBullBoard({
    queues: [],
    serverAdapter,
    options: { uiConfig: { boardTitle: 'shenji', hideRedisDetails: true } },
  });
  return async (server) => {
    server.addHook('onRequest', async () => {
      // Where Redis is away the page shows those that were known.
      await withinBound(lanes.snapshot(SEEN_MS), LONGEST_MS).catch(() => undefined);
      replaceQueues(lanes.all().map((lane) => new BullMQAdapter(lane, { readOnlyMode: true })));
    });
    await server.register(serverAdapter.registerPlugin());
  };
}
