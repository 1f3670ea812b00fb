/** Deterministic ids: the same thing gets the same `_id` whoever computes it and however often. */
import { hash } from 'node:crypto';

/** SHA-256 of the parts, each prefixed by its length so that no two lists of parts run together; 43 URL-safe characters. */
export function hashId(...parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`;
  return hash('sha256', text, 'base64url');
}

/** The `_id` of a document (facts: an id is unique per backing index; the event time guards against a vendor id used twice). */
export function documentId(tenant: string, source: string, recordId: string, eventTime: Date): string {
  return hashId(tenant, source, recordId, String(eventTime.getTime()));
}
