import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/core/documents/redact.ts';
import { documented, FAKE, tried, type Place } from './secret-places.ts';

const redactor = createRedactor({ keys: [], mode: 'remove' });

/** The texts of a value by their path. */
function textsOf(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => textsOf(item, `${path}/${key}`));
}

const isSecret = ({ sample }: Place): boolean => FAKE.test(JSON.stringify(sample));
const named = (places: readonly Place[]): [string, string, Place][] =>
  places.map((place) => [place.from, JSON.stringify(place.sample), place]);
const all = [...documented, ...tried];

describe('the table of secrets', () => {
  it.each(named(all.filter(isSecret)))('%s: %s loses its secret and nothing else', (_from, _shown, { sample }) => {
    const clean = redactor.value(sample);
    expect(JSON.stringify(clean)).not.toMatch(FAKE);
    const before = textsOf(sample).filter(([, text]) => !FAKE.test(String(text)) && typeof text === 'string');
    expect(textsOf(clean)).toEqual(expect.arrayContaining(before));
  });

  it.each(named(all.filter((place) => !isSecret(place))))('%s: %s stays as it is', (_from, _shown, { sample }) => {
    expect(redactor.value(sample)).toEqual(sample);
  });

  it.each(named(all))('%s: %s is the same when it lies in a JSON text or a form', (_from, _shown, { sample }) => {
    const text = JSON.stringify({ sample });
    expect(redactor.text(text)).toBe(JSON.stringify({ sample: redactor.value(sample) }));
    expect(decodeURIComponent(redactor.text(`q=${encodeURIComponent(text)}&x=1`))).not.toMatch(FAKE);
  });

  it('has as many places as docs/security.md says, more than half of them from documents', () => {
    const page = readFileSync(path.join(import.meta.dirname, '..', '..', '..', 'docs', 'security.md'), 'utf8');
    const said = /^(\d+) places, (\d+) with a secret and (\d+) without; (\d+) are from the documents/m.exec(page);
    const secrets = all.filter(isSecret).length;
    expect(said?.slice(1).map(Number)).toEqual([all.length, secrets, all.length - secrets, documented.length]);
    expect(documented.length).toBeGreaterThan(all.length / 2);
  });

  it('has each place once', () => {
    const samples = all.map(({ sample }) => JSON.stringify(sample));
    expect(samples.filter((sample, index) => samples.indexOf(sample) !== index)).toEqual([]);
  });
});
