/** The kinds of settings that every vendor's part of the configuration is made of. */
import { DateTime } from 'luxon';
import { z } from 'zod';
import { parseDuration } from './duration.ts';

/** A duration with its unit, in milliseconds once checked. */
export const duration = (example: string) =>
  z.string({ error: `needs a duration with its unit, for example ${example}` }).transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
    context.addIssue({
      code: 'custom',
      message: `"${text}" is no duration; write for example ${example} (units: ms, s, m, h, d)`,
    });
    return z.NEVER;
  });

/** Where a stream begins: so many milliseconds ago, or an instant, which without an offset is one of the tenant's zone. */
export type Since = { readonly agoMs: number } | { readonly at: string };

const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;
/** A date of any zone has begun somewhere so soon after it has in UTC, or before. */
const ZONES_MS = 86_400_000;

const instant = (text: string, timeZone: string): DateTime => DateTime.fromISO(text, { zone: timeZone });

/** A duration with its unit, or an instant: ISO 8601, or a date. */
export const since = (example: string) => {
  const examples = `for example ${example}, 2026-11-01 or 2026-11-01T00:00:00+08:00`;
  return z
    .string({ error: `needs a duration with its unit or an instant, ${examples}` })
    .transform((text, context): Since => {
      const agoMs = parseDuration(text) ?? 0;
      if (agoMs > 0) return { agoMs };
      const at = INSTANT.test(text) ? instant(text, 'UTC') : undefined;
      const isAhead = at?.isValid === true && at.toMillis() > Date.now() + ZONES_MS;
      if (at?.isValid === true && !isAhead) return { at: text };
      const fault = isAhead ? 'lies ahead: nothing would be collected' : 'is neither a duration nor an instant';
      context.addIssue({ code: 'custom', message: `"${text}" ${fault}; write ${examples}` });
      return z.NEVER;
    });
};

/** In epoch milliseconds, for a stream that is opened at `now`. */
export function beginningOf(settings: Since, timeZone: string, now: number): number {
  return 'at' in settings ? instant(settings.at, timeZone).toMillis() : now - settings.agoMs;
}

/** Text that must not be empty, as an unset `${VAR}` would make it. */
export const text = (example: string) =>
  z
    .string({ error: `is missing; write for example ${example}` })
    .min(1, { error: `is empty; write for example ${example}` });

/** Marks a setting as a credential: no log line ever holds its value, and `docs/configure.md` says that it is one. */
export const secret = <Schema extends z.ZodType>(schema: Schema): Schema => schema.meta({ secret: true });

/** Credentials travel there, so only https, unless it is this machine or `allowHttp: true` stands beside it. */
export const baseUrl = (example: string) =>
  z.url({ error: `needs a URL, for example ${example}`, protocol: /^https?$/ }).meta({ takesCredentials: true });

/** Refuses plain http to anything but loopback, for objects with `allowHttp` beside the URL. */
export function refuseHttp(url: string, allowHttp: boolean): string | undefined {
  const { protocol, hostname, host } = new URL(url);
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || loopback || allowHttp) return undefined;
  return `is not https, and credentials travel there; use https://${host}, or set "allowHttp: true" beside it`;
}

/** What must hold between settings, told at `path` where it does not. `holds` also sees values that are wrong by themselves. */
export type Condition = {
  readonly holds: (settings: Readonly<Record<string, unknown>>) => boolean;
  readonly path: readonly [string, ...string[]];
  readonly message: string;
};

/** A condition that fails by itself, as over a value that is wrong, does not hold. */
function isHeld(holds: Condition['holds'], settings: Readonly<Record<string, unknown>>): boolean {
  try {
    return holds(settings);
  } catch {
    return false;
  }
}

/** All mistakes are told at once: a condition is looked at beside other mistakes too. */
export function withConditions(schema: z.ZodType, conditions: readonly Condition[] = []): z.ZodType {
  return conditions.reduce(
    (checked, { holds, path, message }) =>
      checked.refine((settings) => isHeld(holds, settings as Record<string, unknown>), {
        path: [...path],
        message,
        when: ({ value }) => typeof value === 'object' && value !== null,
      }),
    schema,
  );
}
