import { expect, it } from 'vitest';
import { RetryableError, UnansweredError } from '../../../src/sdk/errors.ts';
import { createAnswers, readUnanswered } from '../../../src/adapters/redis/answers.ts';
import { simulator } from '../../support/simulator.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

it('a source counts as unanswered where nothing came back, not where what came was wrong', async () => {
  const { redis, prefix } = await openWorld(rawConfig(await simulator({ events: 0 })));
  const answers = createAnswers(redis, prefix);
  await answers.note('acme/feishu.openapi_audit', new RetryableError('an answer without a Date header'), 60_000);
  await answers.note('globex/feishu.openapi_audit', new UnansweredError('no answer in time'), 1);
  expect([...(await readUnanswered(redis, prefix))]).toEqual(['globex/feishu.openapi_audit']);
  expect(await answers.isUnanswered('globex/feishu.openapi_audit')).toBe(true);
  await answers.note('globex/feishu.openapi_audit', undefined, 1);
  expect([...(await readUnanswered(redis, prefix))]).toEqual([]);
});

it('who is not asked any more is not kept', async () => {
  const { redis, prefix } = await openWorld(rawConfig(await simulator({ events: 0 })));
  await redis.zadd(`${prefix}:unanswered`, Date.now() - 3_600_000, 'gone/feishu.openapi_audit');
  await createAnswers(redis, prefix).note('acme/feishu.openapi_audit', new UnansweredError('no answer in time'), 1);
  expect(await redis.zcard(`${prefix}:unanswered`)).toBe(1);
});

it('a gateway that says late that nothing came is no answer, and one that says so at once is', async () => {
  const { redis, prefix } = await openWorld(rawConfig(await simulator({ events: 0 })));
  const answers = createAnswers(redis, prefix);
  const gateway = new RetryableError('HTTP 504', { httpStatus: 504 });
  await answers.note('acme/feishu.openapi_audit', gateway, 500);
  await answers.note('globex/feishu.openapi_audit', gateway, 20_000);
  expect([...(await readUnanswered(redis, prefix))]).toEqual(['globex/feishu.openapi_audit']);
});
