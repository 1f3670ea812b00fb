import { expect, it } from 'vitest';
import { createUnreviewed } from '../../src/app/unreviewed.ts';
import { live } from '../support/pipeline.ts';

function hearing() {
  const lines: string[] = [];
  let counted = 0;
  const log = { info: (...said: unknown[]) => void lines.push(String(said.at(-1))) };
  const hear = createUnreviewed({ unreviewed: () => void (counted += 1) }, log);
  return { hear, lines, counted: () => counted };
}

it('counts every record of an unknown kind, and names the kind and what to do once', () => {
  const { hear, lines, counted } = hearing();
  for (let call = 0; call < 3; call += 1) hear(live, 'GET/open-apis/contact/v9/wonders');
  hear({ ...live, tenant: 'other' }, 'GET/open-apis/contact/v9/wonders');
  expect(counted()).toBe(4);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('GET/open-apis/contact/v9/wonders');
  expect(lines[0]).toContain('Update shenji');
});

it('ends naming them where there is no end of them', () => {
  const { hear, lines, counted } = hearing();
  for (let call = 0; call < 1_000; call += 1) hear(live, `GET/open-apis/${call}/${'x'.repeat(10_000)}`);
  expect(counted()).toBe(1_000);
  expect(lines).toHaveLength(201);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(500);
});
