/** Which API a document was guessed of. */
import type { EcsDocument } from '../../sdk/source.ts';

type Guessed = {
  readonly event?: { readonly action?: string };
  readonly feishu?: { readonly openapi_audit?: { readonly api?: { readonly reviewed?: boolean } } };
};

/** Method and template as the vendor logs them, never the path that was called; undefined where the catalogue knows the API. */
export function unreviewedApi(document: EcsDocument): string | undefined {
  const { event, feishu } = document as Guessed;
  if (feishu?.openapi_audit?.api?.reviewed !== false) return undefined;
  return event?.action ?? 'an API that its records do not name';
}
