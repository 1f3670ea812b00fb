/** What the pipeline asks of a destination for documents. */

/** `document` is one line of JSON. */
export type BulkItem = { readonly id: string; readonly document: string };

/** `earliest`: before this no copy of it can have been written. `time`: when it happened. Both in epoch milliseconds, by the vendor's clock. */
export type DatedItem = BulkItem & { readonly earliest: number; readonly time: number };

/** `duplicate`: it was there already. `rejected`: the document's own fault, for ever. `index` is where a created one lies. */
export type ItemOutcome =
  | { readonly kind: 'created'; readonly index?: string | undefined }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'rejected'; readonly reason: string };

export type Written = {
  /** One outcome for each item, by position. */
  readonly outcomes: readonly ItemOutcome[];
  /** How many ids were looked up in older indices; 0 without a rollover nearby. */
  readonly lookups: number;
  /** Copies beside the oldest that it came across. */
  readonly crossIndexDuplicates: number;
};

/** Writes each document once, also where the destination keeps ids unique only within one of its indices. */
export type DocumentWriter = {
  /** Throws `DestinationUnavailableError`, or the signal's reason when aborted. */
  write(items: readonly DatedItem[], signal: AbortSignal): Promise<Written>;
  /** Begins a piece of work; the result tells at its end whether the destination rolled over meanwhile. */
  begin(): Promise<{ readonly rolledOver: () => Promise<boolean> }>;
};
