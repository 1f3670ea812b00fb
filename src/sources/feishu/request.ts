/** Which request a call was: to tell one thing read a thousand times from a thousand things read once. */
import { hash } from 'node:crypto';

/** What one request has and another has not: JSON as it is logged, redacted. */
type Asked = {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly query: unknown;
  readonly payload: unknown;
};

/** JSON is nearly always logged as a text, and then it is not written a second time. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** 16 hex characters, the same for a request that is made again, others for each page and each thing. */
export function requestOf({ method, path, query, payload }: Asked): string {
  return hash('sha1', `${method} ${path}\n${asText(query)}\n${asText(payload)}`).slice(0, 16);
}
