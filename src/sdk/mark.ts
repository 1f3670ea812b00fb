/** What takes the place of a secret. */
import { createHmac } from 'node:crypto';

/** `remove` leaves a mark; `hash` leaves an HMAC by which equal secrets can be told to be equal. */
export type Marking = { readonly mode: 'remove' | 'hash'; readonly hashKey?: string | undefined };

export const MARK = '[redacted]';
/** Without a colon, which would make a name of what stands before it. */
const HASH = /^hash_[0-9a-f]{32}$/;

/**
 * A mark stays what it is, so that redacting twice gives the same.
 * @throws TypeError where the mode is `hash` without a key.
 */
export function marker({ mode, hashKey }: Marking): (secret: unknown) => string {
  if (mode === 'remove') return () => MARK;
  if (!hashKey) throw new TypeError('redact.mode "hash" needs redact.hashKey');
  return (secret) => {
    const text = typeof secret === 'string' ? secret : (JSON.stringify(secret) ?? '');
    if (HASH.test(text)) return text;
    return `hash_${createHmac('sha256', hashKey).update(text).digest('hex').slice(0, 32)}`;
  };
}
