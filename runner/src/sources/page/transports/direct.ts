import type { Fetcher } from '../../../http/fetcher.ts';
import { conditions } from '../../base/fetch-image.ts';
import { fetchPicture } from './fetch-picture.ts';
import { type HostMap, joinTraffic, type Transport } from './transport.ts';

/** Ten times the longest performer's page in sight. */
export const MAX_PAGE_BYTES = 5 * 1024 * 1024;
const PAGE_HEADERS = {
  accept: 'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8',
  'accept-language': 'en-US,en;q=0.5',
};

/** Plain HTTPS with the runner's own name. */
export function openDirect(fetcher: Fetcher, hosts: HostMap): Transport {
  return {
    fetchPage: (url, known, signal) =>
      fetcher.fetch(hosts.outward(url), {
        headers: { ...PAGE_HEADERS, ...conditions(known) },
        maxBytes: MAX_PAGE_BYTES,
        signal,
        read: ({ status, headers, body, url: at }) => ({ status, headers, body, url: hosts.inward(at.href) }),
      }),
    fetchImage: (url, options, signal) => fetchPicture(fetcher, hosts.outward(url), options, signal),
    traffic: () => joinTraffic([fetcher.traffic.hosts], fetcher.waitedMs()),
    close: () => fetcher.close(),
  };
}
