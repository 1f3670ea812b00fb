/** The address of a caller, as ECS has it. */
import ipaddr from 'ipaddr.js';
import type { Geo, Place } from '../../sdk/geo.ts';

export type Address = {
  readonly source?: object;
  readonly client?: object;
  readonly ips?: readonly string[];
  readonly network?: string;
};

/** As long as one customer of a provider usually has them. */
const PREFIX = { ipv4: 24, ipv6: 48 } as const;

/** What an address and its neighbours have in common: the network that announces it, or where that is not known, its first bits. */
function networkOf(address: string, { as }: Place): string {
  if (as !== undefined) return `AS${as.number}`;
  const bits = PREFIX[ipaddr.parse(address).kind()];
  const whole = bits === 24 ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${whole.networkAddressFromCIDR(`${address}/${bits}`).toString()}/${bits}`;
}

/** What is no address is kept as it is written, and has no place. */
export function addressFields(address: string, geo: Geo): Address {
  if (address === '') return {};
  if (!ipaddr.isValid(address) || (ipaddr.IPv4.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)))
    return { source: { address } };
  const parsed = ipaddr.process(address.replace(/%.*$/, '')).toString();
  const place = geo(parsed);
  return {
    source: { address, ip: parsed, ...place },
    client: { ip: parsed },
    ips: [parsed],
    network: networkOf(parsed, place),
  };
}
