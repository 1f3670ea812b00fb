/** Whether a series of measurements grows. */

export type Sample = { readonly at: number; readonly value: number };

export type Trend = {
  /** Of the straight line with the least squares, by the hour. */
  readonly perHour: number;
  /** Means of the first third of the samples and of the last. */
  readonly first: number;
  readonly last: number;
};

const HOUR = 3_600_000;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** `at` in milliseconds; undefined for fewer than three samples. */
export function trendOf(samples: readonly Sample[]): Trend | undefined {
  if (samples.length < 3) return undefined;
  const [middleAt, middle] = [mean(samples.map(({ at }) => at)), mean(samples.map(({ value }) => value))];
  const covariance = samples.reduce((sum, { at, value }) => sum + (at - middleAt) * (value - middle), 0);
  const variance = samples.reduce((sum, { at }) => sum + (at - middleAt) ** 2, 0);
  const third = Math.max(1, Math.floor(samples.length / 3));
  return {
    perHour: (covariance / variance) * HOUR,
    first: mean(samples.slice(0, third).map(({ value }) => value)),
    last: mean(samples.slice(-third).map(({ value }) => value)),
  };
}
