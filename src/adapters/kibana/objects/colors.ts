/** One meaning, one colour, on every panel and in both themes: Elastic's own, which the colour-blind can tell apart. */
export const GREEN = '#54B399';
export const RED = '#E7664C';
export const AMBER = '#D6BF57';
export const BLUE = '#6092C0';
export const PURPLE = '#9170B8';
export const BROWN = '#AA6556';
export const GREY = '#98A2B3';

/** Numbers at or above each bound have its colour; below the first they have none. In rising order. */
export type Bounds = readonly { readonly from: number; readonly color: string }[];

/** Lens reads `colorStops` as where a colour begins, and `stops` as where it ends. */
export function palette(bounds: Bounds): object {
  const END = Number.MAX_SAFE_INTEGER;
  return {
    type: 'palette',
    name: 'custom',
    params: {
      name: 'custom',
      reverse: false,
      rangeType: 'number',
      rangeMin: bounds[0]?.from ?? 0,
      rangeMax: null,
      progression: 'fixed',
      continuity: 'above',
      steps: bounds.length,
      maxSteps: 5,
      colorStops: bounds.map(({ from, color }) => ({ color, stop: from })),
      stops: bounds.map(({ color }, index) => ({ color, stop: bounds[index + 1]?.from ?? END })),
    },
  };
}
