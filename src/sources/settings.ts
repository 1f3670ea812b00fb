/** The kinds of settings that every vendor's part of the configuration is made of. */
import { z } from 'zod';
import { parseDuration } from '../pipeline/duration.ts';

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

/** Text that must not be empty, as an unset `${VAR}` would make it. */
export const text = (example: string) =>
  z
    .string({ error: `is missing; write for example ${example}` })
    .min(1, { error: `is empty; write for example ${example}` });

/** Marks a setting as a credential: no log line ever holds its value, and `docs/configure.md` says that it is one. */
export const secret = <Schema extends z.ZodType>(schema: Schema): Schema => schema.meta({ secret: true });

/** Credentials travel there, so only https, unless it is this machine or `allowHttp: true` stands beside it. */
export const baseUrl = (example: string) =>
  z.url({ error: `needs a URL, for example ${example}`, protocol: /^https?$/ });

/** Refuses plain http to anything but loopback, for objects with `allowHttp` beside the URL. */
export function refuseHttp(url: string, allowHttp: boolean): string | undefined {
  const { protocol, hostname } = new URL(url);
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || loopback || allowHttp) return undefined;
  return `is not https, and credentials travel there; use https://${hostname}, or set "allowHttp: true" beside it`;
}
