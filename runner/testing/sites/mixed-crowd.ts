import type { SourceId } from '@trainer/contract/sources';
import type { Faults } from './faults.ts';

/** Ten sites of which three do not behave: enough that something is always wrong somewhere. */
export const mixedFaults: Partial<Record<SourceId, Faults>> = {
  freeones: { throttle: { times: 2, retryAfter: '40' } },
  boobpedia: { broken: /[aeiou]nov$/ },
  thenude: { missing: /medhead/ },
  afdb: { malformed: true },
  elitebabes: { challenge: true },
  pornpics: { robots: 'User-agent: *\nDisallow: /galleries/10001' },
};

/** Each site has four in ten of the people, and the catalog has the addresses of those, and of a few who have left. */
export function isOnSite(number: number, site: SourceId): boolean {
  return share(number, site) < 0.4;
}

export function isLinkedTo(number: number, site: SourceId): boolean {
  return share(number, site) < 0.44;
}

/** 0 to 1, always the same for a person and a site. */
function share(number: number, site: string): number {
  const seed = [...site].reduce(
    (sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0,
    number * 2_654_435_761,
  );
  const mixed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 0;
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}
