/** The queue as a page for people: bull-board, to look at only. What changes windows are shenji's own commands. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyPluginCallback } from 'fastify';
import type { Lanes } from './lanes.ts';

/** A plugin to be registered under `path`, which shows the lanes that all workers take from. */
export function createBoard(path: string, { shared }: Lanes): FastifyPluginCallback {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(path);
  createBullBoard({
    queues: shared.map((lane) => new BullMQAdapter(lane, { readOnlyMode: true })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'shenji', hideRedisDetails: true } },
  });
  return serverAdapter.registerPlugin();
}
