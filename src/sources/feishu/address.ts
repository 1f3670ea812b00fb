/** The address of a caller, as ECS has it. */
import ipaddr from 'ipaddr.js';
import type { Geo } from '../../sdk/geo.ts';

type Address = { readonly source?: object; readonly client?: object; readonly ips?: readonly string[] };

/** What is no address is kept as it is written, and has no place. */
export function addressFields(address: string, geo: Geo): Address {
  if (address === '') return {};
  if (!ipaddr.isValid(address) || (ipaddr.IPv4.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)))
    return { source: { address } };
  const parsed = ipaddr.process(address.replace(/%.*$/, '')).toString();
  return {
    source: { address, ip: parsed, ...geo(parsed) },
    client: { ip: parsed },
    ips: [parsed],
  };
}
