/** The parser brings no types of its own. */
declare module 'parse-prometheus-text-format' {
  export type Series = {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: string;
    readonly buckets?: Readonly<Record<string, string>>;
  };
  export type Family = { readonly name: string; readonly type: string; readonly metrics: readonly Series[] };
  export default function parse(text: string): Family[];
}
