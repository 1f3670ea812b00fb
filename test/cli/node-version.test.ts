import { expect, it } from 'vitest';
import { tooOld } from '../../src/cli/node-version.ts';

it.each(['20.20.2', '22.22.0', '23.11.1'])('Node %s is refused by name, before anything fails for it', (version) => {
  expect(tooOld(version)).toBe(
    `shenji needs Node 24 or newer, and this is Node ${version}: put a newer one first on the PATH, or use the image`,
  );
});

it.each(['24.0.0', '25.1.0', '100.0.0'])('Node %s is taken', (version) => {
  expect(tooOld(version)).toBeUndefined();
});
