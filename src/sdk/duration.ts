/** Durations as people write them: `500ms`, `60s`, `2m`, `24h`, `90d`. */

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds, or undefined where the text is no duration with a unit. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim());
  const [, amount, unit] = match ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit as keyof typeof UNITS];
}

/** The one way to write a duration where it is part of a name: in the largest of hours, minutes and seconds that it is whole in. */
export function durationName(milliseconds: number): string {
  const whole = Math.round(milliseconds);
  const unit = (['h', 'm', 's'] as const).find((each) => whole % UNITS[each] === 0) ?? 'ms';
  return `${whole / UNITS[unit]}${unit}`;
}

/** The two largest units, for people: `1 h 5 m`, `0.4 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const parts: string[] = [];
  let rest = Math.round(milliseconds / 1_000) * 1_000;
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const amount = Math.floor(rest / UNITS[unit]);
    if (amount > 0) parts.push(`${amount} ${unit}`);
    rest -= amount * UNITS[unit];
  }
  return parts.slice(0, 2).join(' ');
}
