/** `check`: everything that must be right before collecting, each line with how to mend it. */
import type { Command } from 'commander';
import { templateFaults } from '../elasticsearch/setup.ts';
import { createBudget } from '../queue/budget.ts';
import { withinTime } from '../runtime/readiness.ts';
import { probeElasticsearch, type Runtime } from '../runtime/runtime.ts';
import { colors, print, printJson } from './terminal.ts';
import { withConfigOption, withRuntime, type CommonOptions } from './with-runtime.ts';

type CheckOptions = CommonOptions & { readonly json?: boolean };
type Finding = { readonly what: string; readonly state: 'ok' | 'warning' | 'fault'; readonly says: string };

/** How long a server may take before it counts as away. */
const PATIENCE_MS = 10_000;

async function finding(
  runtime: Runtime,
  what: string,
  remedy: string,
  probe: () => Promise<Omit<Finding, 'what'>>,
): Promise<Finding> {
  try {
    return { what, ...(await withinTime(probe(), PATIENCE_MS)) };
  } catch (error) {
    return {
      what,
      state: 'fault',
      says: [runtime.scrub((error as Error).message), remedy].filter((part) => part !== '').join('; '),
    };
  }
}

const ok = (says: string): Omit<Finding, 'what'> => ({ state: 'ok', says });

async function redisConfig(runtime: Runtime, name: string): Promise<string | undefined> {
  const [, value] = await runtime.redis.config('GET', name);
  return value;
}

function findings(runtime: Runtime): Promise<Finding>[] {
  const { elasticsearch, definitions, config, prefix, redis, sources } = runtime;
  const budget = createBudget(redis, prefix, 0);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return [
    Promise.resolve({
      what: 'configuration',
      state: 'ok',
      says: `${config.tenants.length} tenants, ${sources.length} sources, namespace ${config.namespace}`,
    }),
    finding(runtime, 'Redis', 'check redis.url and that it runs', async () => ok(`answers ${await redis.ping()}`)),
    finding(runtime, 'Redis eviction', '', async () => {
      const policy = await redisConfig(runtime, 'maxmemory-policy');
      return policy === 'noeviction'
        ? ok('noeviction')
        : { state: 'fault', says: `maxmemory-policy is ${policy}, so Redis may drop windows; set it to noeviction` };
    }),
    finding(runtime, 'Redis persistence', '', async () => {
      const aof = await redisConfig(runtime, 'appendonly');
      return aof === 'yes'
        ? ok('append-only file')
        : {
            state: 'warning',
            says: 'no append-only file: after a crash of Redis the queue is planned anew from the ledger; set appendonly yes, appendfsync everysec',
          };
    }),
    finding(runtime, 'Elasticsearch', '', async () => {
      await probeElasticsearch(elasticsearch);
      return ok('answers');
    }),
    finding(runtime, 'Elasticsearch templates', '', async () => {
      const faults = await templateFaults(elasticsearch, definitions, config.namespace);
      return faults.length === 0
        ? ok('installed and up to date')
        : { state: 'fault', says: `${faults.join('; ')}; run "shenji setup"` };
    }),
    ...sources.map(({ tenant, definition, made }) =>
      finding(runtime, `${tenant.id}/${definition.name}`, '', async () => ok(await made.probe({ budget, signal }))),
    ),
  ];
}

const MARKS = { ok: colors.green('ok     '), warning: colors.yellow('warning'), fault: colors.red('fault  ') };

export function registerCheck(program: Command): void {
  withConfigOption(program.command('check').summary('check configuration, servers, templates and credentials'))
    .description(
      "Checks configuration, Redis, Elasticsearch with its templates, and each source's credentials and scopes by one real call.\nEvery fault says how to mend it. Leaves with 1 where there is one.",
    )
    .option('--json', 'print one JSON document')
    .action((options: CheckOptions) =>
      withRuntime(options, 'fatal', async (runtime) => {
        const found = await Promise.all(findings(runtime));
        if (options.json === true) printJson(found);
        else for (const { state, what, says } of found) print(`${MARKS[state]} ${colors.bold(what)}: ${says}`);
        if (found.some(({ state }) => state === 'fault')) process.exitCode = 1;
      }),
    );
}
