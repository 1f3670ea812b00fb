/** One record of the OpenAPI audit log as the vendor sends it, and when it happened. */
import { UnmappableRecord } from '../../sdk/errors.ts';

/** As the vendor documents it; every field may be missing or of another type. */
export type AuditRecord = {
  readonly id?: unknown;
  readonly api_key?: unknown;
  readonly event_time?: unknown;
  readonly app_id?: unknown;
  readonly ip?: unknown;
  readonly log_detail?: unknown;
};

/** Feishu's open platform did not exist before. */
const EARLIEST_SECONDS = Date.UTC(2016, 0, 1) / 1_000;

/** A whole number, also one that was sent as a text. */
export function integerOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** `event_time` in epoch seconds. @throws UnmappableRecord where it is missing or absurd; a day ahead of now is judged by the caller. */
export function eventTime(record: AuditRecord): Date {
  const seconds = integerOf(record.event_time);
  if (seconds === undefined) throw new UnmappableRecord('event_time is missing or no whole number of seconds');
  if (seconds < EARLIEST_SECONDS || seconds > 8.64e12)
    throw new UnmappableRecord(`event_time ${seconds} lies outside the years in which it can have happened`);
  return new Date(seconds * 1_000);
}
