/** How long a role that may not refresh has to wait until searches see what was written before. */
import { parseDuration } from '../../sdk/duration.ts';
import { DestinationUnavailableError } from '../../sdk/errors.ts';
import { orUnavailable, type Elasticsearch } from './client.ts';

/** Elasticsearch's own, where an index says nothing. */
const USUAL_MS = 1_000;
/** A refresh takes its time too. */
const GRACE_MS = 2_000;
/** Whoever waits at a terminal waits no longer. */
const LONGEST_MS = 2 * 60_000;

/** In milliseconds. @throws DestinationUnavailableError where that would be too long: what is not seen yet would count as missing */
export async function refreshedAfterMs(
  client: Elasticsearch,
  names: { readonly index: string[]; readonly ignore_unavailable: boolean },
): Promise<number> {
  const settings = await orUnavailable(
    'reading how often its indices are refreshed',
    client.indices.getSettings({ ...names, name: 'index.refresh_interval', flat_settings: true }),
  );
  const intervals = Object.values(settings).map(({ settings: flat }) => {
    const text = flat?.['index.refresh_interval'];
    return typeof text === 'string' ? (parseDuration(text) ?? Infinity) : USUAL_MS;
  });
  const longest = Math.max(USUAL_MS, ...intervals);
  if (longest <= LONGEST_MS) return longest + GRACE_MS;
  throw new DestinationUnavailableError(
    `Elasticsearch refreshes ${names.index.join(', ')} too seldom (index.refresh_interval) to tell what is missing; use credentials of the reader role, which may ask for it, or lower the interval`,
    {},
    false,
  );
}
