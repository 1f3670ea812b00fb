/** What a rule says. */

/** The values of fields, by name. */
export type About = Readonly<Record<string, string>>;

/** One alert: what it is about, the run of the engine that raises it, and the documents behind it. */
export type Alert = {
  /** The values of the fields that the rule groups by, or a plain query suppresses by; of ES|QL all columns of the row that have a value. */
  readonly about: About;
  /** Epoch milliseconds. */
  readonly at: number;
  /** `event.id`, or where there is none the document's `_id`; those suppressed into it too. */
  readonly documents: readonly string[];
};
