/** Records that a source could only guess at: counted by source, and told once for each kind. */
import type { Stream } from '../core/stream.ts';
import type { Metrics } from '../observe/metrics/index.ts';
import type { SourceLog } from '../sdk/source.ts';

/** A source that knows nothing at all says so in some lines, not in millions. */
const MOST_KINDS = 200;
const LONGEST_KIND = 200;

/** Hears of each new document that its source has guessed, by the kind of its record. One for a process. */
export function createUnreviewed(
  metrics: Pick<Metrics, 'unreviewed'>,
  log: Pick<SourceLog, 'info'>,
): (stream: Stream, kind: string) => void {
  const told = new Set<string>();
  return (stream, kind) => {
    metrics.unreviewed(stream);
    const key = `${stream.source} ${kind}`;
    if (told.size >= MOST_KINDS || told.has(key)) return;
    told.add(key);
    const { source, tenant } = stream;
    log.info(
      { source, tenant },
      `this version of shenji does not know ${kind.slice(0, LONGEST_KIND)}: what its documents say beyond the record is guessed. Update shenji; where the newest does not know it either, please report it`,
    );
    if (told.size === MOST_KINDS) log.info({ source }, `${MOST_KINDS} such kinds were named; further ones are counted only`); // prettier-ignore
  };
}
