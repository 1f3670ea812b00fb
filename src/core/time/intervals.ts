/** Sets of half-open intervals of time. Epoch milliseconds. */

export type Interval = { readonly from: number; readonly to: number };

/** An instant as everybody stores and shows it: ISO 8601, UTC. */
export const iso = (time: number): string => new Date(time).toISOString();

/** The same instants as sorted, disjoint, non-touching spans. */
export function merge(spans: readonly Interval[]): Interval[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of spans.filter((span) => span.from < span.to).toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

/** What is in `whole` and in none of `parts`, sorted. */
export function subtract(whole: readonly Interval[], parts: readonly Interval[]): Interval[] {
  const holes = merge(parts);
  let first = 0;
  return merge(whole).flatMap((span) => {
    const rest: Interval[] = [];
    let { from } = span;
    // Both are sorted: what lies before this span lies before the next ones too.
    while ((holes[first]?.to ?? Infinity) <= from) first += 1;
    for (let position = first; ; position += 1) {
      const hole = holes[position];
      if (hole === undefined || hole.from >= span.to) break;
      if (hole.from > from) rest.push({ from, to: hole.from });
      from = hole.to;
    }
    if (from < span.to) rest.push({ from, to: span.to });
    return rest;
  });
}

/** What of these spans lies before an instant. */
export function upTo(spans: readonly Interval[], until: number): Interval[] {
  return spans.filter(({ from }) => from < until).map(({ from, to }) => ({ from, to: Math.min(to, until) }));
}

/** What two spans that overlap have in common. */
export const common = (a: Interval, b: Interval): Interval => ({
  from: Math.max(a.from, b.from),
  to: Math.min(a.to, b.to),
});

/** For what has a time of its own: whether it lies in the span. */
export const isWithin =
  ({ from, to }: Interval) =>
  ({ time }: { readonly time: number }): boolean =>
    time >= from && time < to;

export function overlaps(a: Interval, b: Interval): boolean {
  return a.from < b.to && b.from < a.to;
}

/** Total length in milliseconds of disjoint spans. */
export function lengthOf(spans: readonly Interval[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}
