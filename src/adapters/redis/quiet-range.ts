/** What live was asked for last and held nothing, as Redis keeps it: lost, it is asked for once more. */
import type { Redis } from 'ioredis';
import type { WindowQueue } from '../../core/planning/planned-source.ts';
import type { Interval } from '../../core/time/intervals.ts';

/** Whoever does not come back to it for so long asks once more. */
const ASKED_LIFE_MS = 24 * 3_600_000;
/** Two workers may end at once. KEYS: the time range. ARGV: from, to, life. */
const ASK = `
local from, to = tonumber(ARGV[1]), tonumber(ARGV[2])
local known = redis.pcall('GET', KEYS[1])
local known_from, known_to = string.match(type(known) == 'string' and known or '', '^(%d+) (%d+)$')
if known_from and from <= tonumber(known_to) and to >= tonumber(known_from) then
  from, to = math.min(from, tonumber(known_from)), math.max(to, tonumber(known_to))
end
redis.call('SET', KEYS[1], string.format('%.0f %.0f', from, to), 'PX', ARGV[3])
`;

export type QuietRange = Pick<WindowQueue, 'asked'> & {
  /** Live has asked for this time range and found nothing; what it adjoins is one time range with it. */
  ask(span: Interval): Promise<void>;
};

/** `name`: of the source, as `acme.feishu.openapi_audit`. */
export function createQuietRange(connection: Redis, prefix: string, name: string): QuietRange {
  const askedKey = `${prefix}:asked:${name}`;
  return {
    ask: async ({ from, to }) => void (await connection.eval(ASK, 1, askedKey, from, to, ASKED_LIFE_MS)),
    asked: async () => {
      const known = await connection.get(askedKey).catch((error: Error) => {
        // Of another type: the next to ask writes it anew.
        if (error.message.startsWith('WRONGTYPE')) return '';
        throw error;
      });
      const [from = NaN, to = NaN] = (known ?? '').split(' ').map(Number);
      return from < to ? { from, to } : undefined;
    },
  };
}
