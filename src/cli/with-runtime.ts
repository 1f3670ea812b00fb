/** Configuration, log and runtime for a command, and their end. */
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { environment, tracedService } from '../config/environment.ts';
import { requireFiles } from '../config/files.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { secretsOf } from '../config/secrets.ts';
import { createLog } from '../observe/log.ts';
import { openRuntime, type Runtime } from '../app/runtime.ts';
import { interruptible } from './stopping.ts';

export type CommonOptions = { readonly config?: string };

/** The options that every command with a configuration has. */
export function withConfigOption(command: Command): Command {
  return command.option(
    '-c, --config <file>',
    'the YAML configuration, several files by comma; without it SHENJI_CONFIG, or the environment alone',
  );
}

/** LOG_LEVEL, or `quietly` for commands whose result is what they print. */
export function openLog(config: Config, level = 'info'): Logger {
  return createLog({
    level: environment['LOG_LEVEL'] || level,
    secrets: secretsOf(config),
    pretty: process.stderr.isTTY,
  });
}

/** Closes the runtime also where a signal ends the work. @throws ConfigError, Interrupted, and whatever `use` throws */
export async function withRuntime<T>(
  options: CommonOptions,
  level: string,
  use: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const config = loadConfig(options.config, environment);
  requireFiles(config);
  const service = tracedService();
  // Loaded only where it is asked for: it would be a good part of every command's start.
  const tracing = service === undefined ? undefined : (await import('../observe/tracing.ts')).startTracing(service);
  const runtime = await openRuntime(config, openLog(config, level));
  try {
    return await interruptible(() => use(runtime));
  } finally {
    await runtime.close();
    await tracing?.stop();
  }
}
