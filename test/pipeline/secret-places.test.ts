import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/pipeline/redact.ts';
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

  it('has 150 places at least, on both sides, half of them from documents', () => {
    expect(documented.length).toBeGreaterThan(80);
    expect(all.length).toBeGreaterThan(150);
    expect(all.filter((place) => !isSecret(place)).length).toBeGreaterThan(50);
  });
});
