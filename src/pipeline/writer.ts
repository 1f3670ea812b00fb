/** What the pipeline asks of a destination for documents. */

/** `source` is the document as one line of JSON. */
export type BulkItem = { readonly id: string; readonly source: string };

/** `duplicate`: it was there already. `rejected`: the document's own fault, for ever. */
export type ItemOutcome =
  | { readonly kind: 'created' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'rejected'; readonly reason: string };

export type DocumentWriter = {
  /** One outcome for each item, by position. Throws `DestinationUnavailableError`, or the signal's reason when aborted. */
  write(items: readonly BulkItem[], signal: AbortSignal): Promise<ItemOutcome[]>;
};
