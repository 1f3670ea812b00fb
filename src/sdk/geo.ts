/** Country, place and network of an address, as a source is lent them. */

export type Point = { readonly lat: number; readonly lon: number };

/** ECS' `geo` and `as` of an address. */
export type Place = {
  readonly geo?: {
    readonly country_iso_code?: string;
    readonly country_name?: string;
    /** Only a city database knows it: a location without it is no better than the middle of the country. */
    readonly city_name?: string;
    readonly location?: Point;
  };
  readonly as?: { readonly number: number; readonly organization?: { readonly name: string } };
};

/** Pure look-up; private, reserved and malformed addresses have no place. */
export type Geo = (address: string) => Place;
