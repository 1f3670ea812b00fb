/** What integration tests share: a namespace of their own, vendors, a configuration, a runtime, child processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import { inject, onTestFinished } from 'vitest';
import { configSchema, type Config } from '../../src/config/schema.ts';
import { documentsOf } from '../../src/adapters/elasticsearch/evidence.ts';
import { setup } from '../../src/adapters/elasticsearch/setup.ts';
import { openRuntime, type Runtime } from '../../src/app/runtime.ts';
import type { Simulator } from '../../src/dev/simulator/index.ts';
import { silent } from './silent.ts';

export const freshNamespace = (): string => `test_${randomBytes(5).toString('hex')}`;

type Raw = Record<string, unknown>;

/** One tenant that collects from the simulator: only Feishu unless asked, quick to retry. */
export function rawConfig(
  vendor: Simulator,
  more: { feishu?: Raw; audit?: Raw; dingtalk?: Raw | undefined; top?: Raw } = {},
): Raw {
  const limits = { baseUrl: vendor.url, requestsPerMinute: 100_000, timeout: '2s' };
  return {
    namespace: freshNamespace(),
    elasticsearch: { url: inject('elasticsearchUrl') },
    redis: { url: inject('redisUrl') },
    http: { port: 0 },
    scheduler: { tick: '200ms' },
    retries: { base: '100ms', max: '1s', attempts: 10 },
    tenants: [
      {
        id: 'acme',
        name: 'Acme Ltd',
        feishu: {
          ...limits,
          ...vendor.feishu,
          ...more.feishu,
          openapi_audit: { lag: '1s', settle: [], since: '24h', quiet: '1s', ...more.audit },
        },
        ...(more.dingtalk === undefined ? {} : { dingtalk: { ...limits, ...vendor.dingtalk, ...more.dingtalk } }),
      },
    ],
    ...more.top,
  };
}

export async function openWorld(raw: Raw, log: Logger = silent): Promise<Runtime> {
  const config = configSchema.parse(raw) as Config;
  const runtime = await openRuntime(config, log);
  onTestFinished(() => runtime.close());
  await install(runtime);
  return runtime;
}

export async function install({ elasticsearch: client, definitions, config }: Runtime): Promise<void> {
  await setup({ client, definitions, namespace: config.namespace, retention: config.retention, dryRun: false });
}

/** Every `event.id` in the audit log's data stream, repeated ones too, sorted. */
export async function collectedIds(
  { elasticsearch, config }: Runtime,
  index = `logs-feishu.openapi_audit-${config.namespace}`,
): Promise<string[]> {
  await elasticsearch.indices.refresh({ index, ignore_unavailable: true });
  if (!(await elasticsearch.indices.exists({ index }))) return [];
  const ids: string[] = [];
  for await (const { source } of documentsOf<{ event: { id: string } }>(elasticsearch, index, [], ['event.id']))
    ids.push(source.event.id);
  return ids.toSorted();
}

export async function countOf({ elasticsearch, config }: Runtime, dataset: string): Promise<number> {
  const index = `logs-${dataset}-${config.namespace}`;
  await elasticsearch.indices.refresh({ index, ignore_unavailable: true });
  return (await elasticsearch.count({ index, ignore_unavailable: true })).count;
}

/** The ids that the vendor's own list says there must be. */
export const trueIds = (vendor: Simulator): string[] =>
  vendor.truth.records
    .filter(({ storable }) => storable)
    .map(({ id }) => id)
    .toSorted();

export type Program = {
  readonly child: ChildProcess;
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
};

const CLI = path.join(import.meta.dirname, '..', '..', 'src', 'cli.ts');

/** A real process of the program, with the configuration in a file, started by `through` where that is given. Ended with the test, if not before. */
export function shenji(
  args: readonly string[],
  config?: Raw,
  env: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
): Program {
  const directory = mkdtempSync(path.join(tmpdir(), 'shenji-test-'));
  const file = path.join(directory, 'config.yml');
  if (config !== undefined) writeFileSync(file, JSON.stringify(config));
  const given = config === undefined ? [] : ['--config', file];
  const [command = '', ...rest] = [...through, process.execPath, CLI, ...args, ...given];
  const child = spawn(command, rest, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  });
  return { child, output: () => ({ stdout, stderr }), ended };
}
