/** What to type to reach a server, here and from elsewhere. */
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

export type Addresses = { readonly url: string; readonly urlsFromElsewhere: readonly string[] };

const isV6 = (address: string): boolean => address.includes(':');

/** A wildcard is no address that one could type: it stands for loopback here, and for every address of this machine elsewhere. */
export function addressesOf(
  { address, port }: Pick<AddressInfo, 'address' | 'port'>,
  interfaces = networkInterfaces(),
): Addresses {
  const urlOf = (host: string): string => `http://${isV6(host) ? `[${host}]` : host}:${port}`;
  const ours = Object.values(interfaces).flatMap((all) => all ?? []);
  if (address !== '0.0.0.0' && address !== '::') {
    const loopback = address.startsWith('127.') || address === '::1';
    return { url: urlOf(address), urlsFromElsewhere: loopback ? [] : [urlOf(address)] };
  }
  // Addresses of a link alone (fe80::) mean nothing without naming the link.
  const reachable = ours.filter(
    (one) => !one.internal && !one.address.startsWith('fe80:') && (address === '::' || !isV6(one.address)),
  );
  return { url: urlOf('127.0.0.1'), urlsFromElsewhere: reachable.map((one) => urlOf(one.address)) };
}
