/** The files that a configuration names are read only when a client is made of them: this says first which cannot be. */
import { closeSync, openSync, readSync } from 'node:fs';
import { ConfigError, whyUnreadable } from './load.ts';
import type { Config } from './schema.ts';

/** Every setting that names a file. */
function filesOf({ elasticsearch, redis, kibana, geo }: Config): Readonly<Record<string, string | undefined>> {
  return {
    'elasticsearch.caFile': elasticsearch.caFile,
    'redis.caFile': redis.caFile,
    'kibana.caFile': kibana?.caFile,
    'geo.countryFile': geo.countryFile,
    'geo.asnFile': geo.asnFile,
  };
}

/** A database may be large: one byte says it. */
function requireReadable(file: string): void {
  const opened = openSync(file, 'r');
  try {
    readSync(opened, Buffer.alloc(1));
  } finally {
    closeSync(opened);
  }
}

/** @throws ConfigError naming each setting whose file cannot be read: the servers' clients would only say that one is missing */
export function requireFiles(config: Config): void {
  const mistakes = Object.entries(filesOf(config)).flatMap(([key, file]) => {
    if (file === undefined) return [];
    try {
      requireReadable(file);
      return [];
    } catch (error) {
      return [`${key}: cannot read ${file}: ${whyUnreadable(error)}`];
    }
  });
  if (mistakes.length > 0) throw new ConfigError('files that it names', mistakes);
}
