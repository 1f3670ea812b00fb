/** Where an address is: with the bundled database of countries, and with databases of one's own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openGeo } from '../../../src/adapters/vendor/geo.ts';
import { createRandom } from '../../../src/dev/simulator/random.ts';
import { databaseOf } from '../../support/mmdb.ts';
import { simulator } from '../../support/simulator.ts';
import { openWorld, rawConfig } from '../../support/world.ts';

describe('an address', () => {
  it('is in its country, on the map in the middle of it', async () => {
    const geo = await openGeo({});
    expect(geo('223.5.5.5')).toEqual({
      geo: { country_iso_code: 'CN', country_name: 'China', location: { lat: 36.76, lon: 103.35 } },
    });
    expect(geo('::ffff:223.5.5.5')).toEqual(geo('223.5.5.5'));
    expect(geo('240e:1::1').geo?.country_iso_code).toBe('CN');
  });

  it.each(['10.1.2.3', '127.0.0.1', '::1', 'fe80::1', '224.0.0.1', 'nowhere', ''])(
    'has no place: "%s"',
    async (text) => {
      expect((await openGeo({}))(text)).toEqual({});
    },
  );

  it('has a name of its country and a point wherever the bundled database knows a country', async () => {
    const geo = await openGeo({});
    const random = createRandom('geo');
    const seen = new Set<string>();
    for (let count = 0; count < 50_000; count += 1) {
      const part = (): number => random.below(256);
      const { geo: place } = geo(`${part()}.${part()}.${part()}.${part()}`);
      if (place === undefined || seen.has(place.country_iso_code ?? '')) continue;
      seen.add(place.country_iso_code ?? '');
      expect(place).toMatchObject({ country_name: expect.stringMatching(/../) as string, location: { lat: expect.any(Number) as number, lon: expect.any(Number) as number } }); // prettier-ignore
    }
    expect(seen.size).toBeGreaterThan(150);
  });
});

describe('a database of cities', () => {
  it("gives the city and its point, in MaxMind's form and in the flat one", async () => {
    const countryFile = databaseOf({
      '81.2.69.0/24': { city: { names: { en: 'London', de: 'London' } }, country: { iso_code: 'GB' }, location: { latitude: 51.5142, longitude: -0.0931 } }, // prettier-ignore
      '82.2.69.0/24': { city: 'Hangzhou', country_code: 'CN', latitude: 30.25, longitude: 120.17 },
    });
    const geo = await openGeo({ countryFile });
    expect(geo('81.2.69.142').geo).toEqual({ country_iso_code: 'GB', country_name: 'United Kingdom', city_name: 'London', location: { lat: 51.5142, lon: -0.0931 } }); // prettier-ignore
    expect(geo('82.2.69.142').geo).toEqual({ country_iso_code: 'CN', country_name: 'China', city_name: 'Hangzhou', location: { lat: 30.25, lon: 120.17 } }); // prettier-ignore
    expect(geo('83.2.69.142')).toEqual({});
  });

  it('leaves the middle of the country where it has no point, or none that exists', async () => {
    const middle = { lat: 36.76, lon: 103.35 };
    const countryFile = databaseOf({
      '81.0.0.0/8': { country: { iso_code: 'CN' }, city: { names: {} } },
      '82.0.0.0/8': { country: { iso_code: 'CN' }, location: { latitude: 91.5, longitude: 0.5 } },
      '83.0.0.0/8': { country: { iso_code: 'CN' }, location: { latitude: 30.5 } },
    });
    const geo = await openGeo({ countryFile });
    for (const address of ['81.1.1.1', '82.1.1.1', '83.1.1.1'])
      expect(geo(address).geo).toEqual({ country_iso_code: 'CN', country_name: 'China', location: middle });
  });

  it('invents nothing for a code that names no country', async () => {
    const countryFile = databaseOf({
      '81.0.0.0/8': { country_code: 'QQ' },
      '82.0.0.0/8': { country_code: 'constructor' },
      '83.0.0.0/8': { something: 'else' },
    });
    const geo = await openGeo({ countryFile });
    expect(geo('81.1.1.1')).toEqual({ geo: { country_iso_code: 'QQ' } });
    expect(geo('82.1.1.1')).toEqual({ geo: { country_iso_code: 'constructor' } });
    expect(geo('83.1.1.1')).toEqual({});
  });
});

it('a database of networks names who runs them', async () => {
  const asnFile = databaseOf({
    '223.5.0.0/16': { autonomous_system_number: 37_963, autonomous_system_organization: 'Alibaba' },
    '8.8.8.0/24': { autonomous_system_number: 15_169 },
  });
  const geo = await openGeo({ asnFile });
  expect(geo('223.5.5.5').as).toEqual({ number: 37_963, organization: { name: 'Alibaba' } });
  expect(geo('8.8.8.8').as).toEqual({ number: 15_169 });
  expect(geo('1.1.1.1')).not.toHaveProperty('as');
});

it('Elasticsearch draws a map of it', async () => {
  const { elasticsearch, config } = await openWorld(rawConfig(await simulator({ events: 1 })));
  const index = `logs-feishu.openapi_audit-${config.namespace}`;
  const geo = await openGeo({});
  const addresses = ['223.5.5.5', '114.114.114.114', '185.220.101.7'];
  for (const [id, ip] of addresses.entries())
    await elasticsearch.create({ index, id: `${id}`, refresh: true, document: { '@timestamp': '2026-01-01T00:00:00Z', source: { ip, ...geo(ip) } } }); // prettier-ignore
  const { aggregations } = await elasticsearch.search({
    index,
    size: 0,
    aggs: { tiles: { geotile_grid: { field: 'source.geo.location', precision: 4 } } },
  });
  const { buckets } = (aggregations as { tiles: { buckets: { doc_count: number }[] } }).tiles;
  expect(buckets.map(({ doc_count: count }) => count)).toEqual([2, 1]);
});

it.each(['', 'cut off'])('names the setting of a database that holds only %j', async (content) => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'shenji-geo-')), 'bad.mmdb');
  onTestFinished(() => rmSync(path.dirname(file), { recursive: true }));
  writeFileSync(file, content);
  await expect(openGeo({ countryFile: file })).rejects.toThrow(
    /^geo\.countryFile: .*bad\.mmdb is no whole MaxMind database/,
  );
});
