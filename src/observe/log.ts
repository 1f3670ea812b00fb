/** The log: ECS JSON on stderr, pretty on a terminal, and scrubbed of secrets line by line, whoever wrote it. */
import { createRequire } from 'node:module';
import { ecsFormat } from '@elastic/ecs-pino-format';
import pino, { type DestinationStream, type Logger } from 'pino';
import type PinoPretty from 'pino-pretty';
import { redactTokens } from '../sdk/token-shapes.ts';
import { UsageError } from '../core/usage-error.ts';

export type LogOptions = {
  readonly level: string;
  /** Values that must never be written: credentials of the configuration. */
  readonly secrets: readonly string[];
  /** For people at a terminal. */
  readonly pretty: boolean;
  /** Where lines go; stderr by default. */
  readonly destination?: DestinationStream;
};

export type Scrub = (text: string) => string;

/** Takes the given values, and whatever has the shape of a token, out of a text. */
export function createScrub(secrets: readonly string[]): Scrub {
  const values = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  // The longest first: of one that begins like another, the rest would be left.
  const distinct = [...new Set(values)].toSorted((a, b) => b.length - a.length);
  return (text) => redactTokens(distinct.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text));
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** @throws UsageError for a level that does not exist. */
export function createLog({ level, secrets, pretty: forPeople, destination }: LogOptions): Logger {
  if (!LEVELS.includes(level))
    throw new UsageError(`LOG_LEVEL "${level}" does not exist; use one of ${LEVELS.join(', ')}`);
  const hooks = { streamWrite: createScrub(secrets) };
  if (!forPeople) {
    const target = destination ?? pino.destination({ dest: 2, sync: true });
    return pino({ ...ecsFormat({ serviceName: 'shenji' }), level, hooks }, target);
  }
  // A worker writes for machines, and needs the memory for documents.
  const pretty = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
  return pino(
    { level, hooks },
    pretty({ destination: destination ?? 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }),
  );
}
