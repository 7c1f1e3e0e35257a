import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Failure } from './failure.ts';

/** Global unicast, of which all that is given to anybody in public is a part. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an IP address is one of the public network. What only wraps another address (mapped, translated, tunnelled), is
 * set apart for a purpose, or is no address at all, is none. Pure.
 */
export function isPublic(address: string): boolean {
  // The library takes shorter forms as well, which no name server gives.
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast);
}

/** The host of a URL as the network knows it: without the brackets of an IPv6 address, or a final dot. Pure. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** Asks for all addresses of a name, as `dns.lookup` does. */
export type Lookup = (
  name: string,
  options: { readonly all: true },
  found: (
    error: NodeJS.ErrnoException | null,
    addresses: readonly { address: string; family: number }[],
  ) => void,
) => void;

/**
 * Finds addresses of the public network only, for whoever connects to exactly what it gives: no second answer of a name
 * server can lead elsewhere then. A name with one address that is not public is refused whole.
 * Calls back with a Failure ADDRESS_NOT_ALLOWED.
 */
export function publicLookup(find: Lookup = lookup): LookupFunction {
  return (name, options, callback) => {
    find(name, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isPublic(address))) callback(notAllowed(), '', 0);
      else if (options.all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

/** A Failure ADDRESS_NOT_ALLOWED for a host that is itself an address of a private network, which nobody looks up. */
export function refusedHost(hostname: string): Failure | undefined {
  const host = bareHost(hostname);
  return isIP(host) !== 0 && !isPublic(host) ? notAllowed() : undefined;
}

function notAllowed(): Failure {
  return new Failure(
    'ADDRESS_NOT_ALLOWED',
    'The address leads to a private network, which nothing is sent to.',
  );
}
