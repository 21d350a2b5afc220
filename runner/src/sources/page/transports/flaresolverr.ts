import pLimit from 'p-limit';
import { createFetcher, type Fetcher } from '../../../http/fetcher.ts';
import { checkUrl } from '../../../http/guard-address.ts';
import { createTrafficBook } from '../../../http/traffic.ts';
import { Retryable } from '../../errors.ts';
import { fetchPicture } from './fetch-picture.ts';
import { joinTraffic } from './join-traffic.ts';
import type { HostMap } from './map-hosts.ts';
import { createSolverClient, type Solution } from './solver-client.ts';
import type { Transport } from './transport.ts';
import type { TransportDeps } from './transport-deps.ts';

/** Waits after an answer that did not come in time; in all three tries more. */
const TIMEOUT_WAITS_MS = [30_000, 60_000, 90_000];

/**
 * A site through the owner's FlareSolverr. All its pages go through one session, one after the other, since a session is
 * one browser; it ends with the transport. Pictures cannot: they are asked for directly, with the cookies that the
 * session was given and the browser's name that they are bound to.
 */
export function openFlareSolverr(deps: TransportDeps, solverUrl: string, hosts: HostMap): Transport {
  const { clock, limiter, site } = deps;
  const client = createSolverClient(solverUrl);
  const session = `trainer-${deps.sourceId}-${deps.sessionSuffix}`;
  const oneAtATime = pLimit(1);
  const pages = createTrafficBook();
  let last: Solution | null = null;
  let pictures: { userAgent: string; fetcher: Fetcher } | null = null;
  /** Accounts of picture fetchers that have ended. */
  const earlier: Fetcher['traffic']['hosts'][] = [];
  /** Asks for robots.txt, under the runner's own name. */
  const admission = createFetcher(deps);

  async function open(url: string, signal: AbortSignal): Promise<Solution> {
    const at = new URL(hosts.outward(url));
    checkUrl(at, deps.allowedOrigins);
    for (let tries = 0; ; tries++) {
      try {
        const spacingMs = await admission.admit(at, signal);
        const solved = await limiter.run(
          () => {
            pages.of(at).requests += 1;
            return client.open(at.href, session, signal);
          },
          signal,
          { spacingMs },
        );
        limiter.ease();
        pages.of(at).bytes += Buffer.byteLength(solved.response);
        last = solved;
        return solved;
      } catch (error) {
        const waitMs = TIMEOUT_WAITS_MS[tries];
        if (!(error instanceof Retryable) || waitMs === undefined) throw error;
        await clock.sleep(waitMs, signal);
      }
    }
  }

  /** Cookies hold only for the browser that got them, so a new one makes a new fetcher. Never waits: several ask at once. */
  function picturesOf({ userAgent }: Solution): Fetcher {
    if (pictures?.userAgent === userAgent) return pictures.fetcher;
    void endPictures();
    const fetcher = createFetcher({ ...deps, userAgent: userAgent || deps.userAgent });
    pictures = { userAgent, fetcher };
    return fetcher;
  }

  async function endPictures(): Promise<void> {
    if (!pictures) return;
    earlier.push(pictures.fetcher.traffic.hosts);
    const { fetcher } = pictures;
    pictures = null;
    await fetcher.close();
  }

  return {
    fetchPage: (url, _, signal) =>
      oneAtATime(async () => {
        const solved = await open(url, signal);
        return { status: 0, headers: {}, body: solved.response, url: hosts.inward(solved.url) };
      }),
    async fetchImage(url, options, signal) {
      const solved = last ?? (await oneAtATime(() => open(site, signal)));
      const fetcher = picturesOf(solved);
      const at = hosts.outward(url);
      return fetchPicture(fetcher, at, options, signal, cookiesFor(solved, new URL(at).hostname));
    },
    traffic() {
      const { fetcher } = pictures ?? {};
      const accounts = [
        pages.hosts,
        admission.traffic.hosts,
        ...earlier,
        ...(fetcher ? [fetcher.traffic.hosts] : []),
      ];
      return joinTraffic(accounts, limiter.waitedMs());
    },
    async close() {
      if (last) await client.destroy(session);
      await Promise.all([endPictures(), admission.close()]);
    },
  };
}

function cookiesFor({ cookies }: Solution, host: string): string {
  const fitting = cookies.filter(({ domain }) => {
    const bare = domain.replace(/^\./, '');
    return bare === '' || host === bare || host.endsWith(`.${bare}`);
  });
  return fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
}
