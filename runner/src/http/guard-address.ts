import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import { NotRetryable } from './request-errors.ts';

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address belongs to the public internet. An IPv4 address inside an IPv6 one counts as itself; every
 * range with a special purpose (private, loopback, link-local, carrier-grade NAT, 6to4, …) is not public, and of IPv6
 * nothing is outside of 2000::/3, the only part that is given to networks (IANA, IPv6 Address Space): `::127.0.0.1` is not.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare)) return false;
  const parsed = ipaddr.process(bare);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast);
}

/** @throws NotRetryable for schemes other than http and https, and for addresses in the url that are not public */
export function checkUrl(url: URL, allowedOrigins: ReadonlySet<string>): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new NotRetryable(`${url.protocol} addresses are not fetched, only http and https`);
  }
  if (allowedOrigins.has(url.origin)) return;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(host) && !isPublicAddress(host)) throw notPublic(url.hostname, host);
}

/**
 * Connects only where it may. Names are looked at after DNS, at the moment of connecting, so a name that changes its
 * address between a check and the connection gains nothing. Origins that the owner configured are exempt exactly:
 * another port of the same host is not.
 */
export function guardedConnector(
  allowedOrigins: ReadonlySet<string>,
  timeoutMs: number,
  lookup: LookupFunction = systemLookup,
): buildConnector.connector {
  const open = buildConnector({ timeout: timeoutMs, lookup: checkedLookup(lookup, () => true) });
  const guarded = buildConnector({ timeout: timeoutMs, lookup: checkedLookup(lookup, isPublicAddress) });
  return (options, callback) => {
    const origin = new URL(`${options.protocol}//${options.hostname}:${options.port}`).origin;
    return (allowedOrigins.has(origin) ? open : guarded)(options, callback);
  };
}

/**
 * The lookup, whose answers hold an address or an error: Node's sockets throw a TypeError about an answer without any. One
 * address that is not taken is enough to refuse the name, for such a name was made to mislead.
 */
function checkedLookup(lookup: LookupFunction, isTaken: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error && error.code !== 'ENODATA') return callback(error, '');
      const addresses = Array.isArray(found) ? found : found ? [{ address: found, family: isIP(found) }] : [];
      const [first] = addresses;
      if (!first) return callback(new NotRetryable(`DNS has no address for ${hostname}`), '');
      const refused = addresses.find(({ address }) => !isTaken(address));
      if (refused) return callback(notPublic(hostname, refused.address), '');
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

function notPublic(hostname: string, address: string): NotRetryable {
  return new NotRetryable(
    `${hostname} leads to ${address}, which is not on the public internet; only addresses that the owner configured may be private`,
  );
}
