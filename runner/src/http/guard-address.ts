import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import { NotRetryable } from '../sources/errors.ts';

/**
 * Whether an address belongs to the public internet. An IPv4 address inside an IPv6 one counts as itself; every
 * range with a special purpose (private, loopback, link-local, carrier-grade NAT, 6to4, …) is not public.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'unicast';
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
  const open = buildConnector({ timeout: timeoutMs });
  const guarded = buildConnector({ timeout: timeoutMs, lookup: publicOnly(lookup) });
  return (options, callback) => {
    const origin = new URL(`${options.protocol}//${options.hostname}:${options.port}`).origin;
    return (allowedOrigins.has(origin) ? open : guarded)(options, callback);
  };
}

/** The lookup, with one bad address enough to refuse the name: such a name was made to mislead. */
function publicOnly(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [{ address: found, family: 0 }];
      const refused = error ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
      if (refused) return callback(notPublic(hostname, refused.address), '');
      if (error || options.all) return callback(error, addresses);
      callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
}

function notPublic(hostname: string, address: string): NotRetryable {
  return new NotRetryable(
    `${hostname} leads to ${address}, which is not on the public internet; only addresses that the owner configured may be private`,
  );
}
