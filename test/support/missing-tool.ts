/**
 * What a test says whose program is not on this machine. A developer may be without it and is told what nobody has tried; CI
 * brings it, and a test that CI skips would look like one that passed.
 * @throws Error under `CI`
 */
export function skippedAloud(why: string): string {
  const isCi = !['', 'false', undefined].includes(process.env['CI']);
  if (isCi) throw new Error(`CI must bring what its tests ask: ${why}`);
  process.stderr.write(`SKIPPED: ${why}\n`);
  return why;
}
