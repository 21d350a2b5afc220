import type { Fetcher } from '../../http/fetcher.ts';
import { SourceBlocked } from '../../http/request-errors.ts';
import { fetchImage } from './fetch-image.ts';
import { OUTAGE_WAITS_MS } from './outage-retry.ts';
import type { FetchedImage, ImageFailure, Validators } from './source.ts';

type Failed = Extract<FetchedImage, { kind: 'failed' }>;

interface PictureHost {
  /** Addresses that it has served, the latest last. */
  served: string[];
  consecutiveFailures: number;
  /** The check of whether it serves what it served before; shared by everyone whose picture failed meanwhile. */
  check: Promise<'was_fine' | 'is_back'> | null;
}

export interface PictureHostsOptions {
  fetcher: Fetcher;
  /** Addresses that the source has served in earlier runs, the latest first. */
  servedBefore: () => Promise<string[]>;
  /** The address of a small form of the same picture; the same address when left out. */
  small?: (url: string) => string;
}

/** Failures that may be the host's. What was too large, or no web address, is the picture's own. */
const MAYBE_THE_HOST: ReadonlySet<ImageFailure> = new Set([
  'image_missing',
  'image_refused',
  'image_unreachable',
]);
/** More may be gone for reasons of their own. */
const KEPT = 3;
/** As for the fetcher: a host that was never seen to serve anything is left alone then. */
const MAX_CONSECUTIVE_FAILURES = 10;

/**
 * Fetches pictures and tells a picture that failed from a host that is out, by asking the host for pictures that it served
 * before. Only an answer after the failure tells, so every failure costs such a question; those at the same time share it. A host that is out is waited for, up to 10 minutes, and the picture asked for again; nothing is said of the picture.
 */
export function createPictureHosts({ fetcher, servedBefore, small = (url) => url }: PictureHostsOptions) {
  const hosts = new Map<string, Promise<PictureHost>>();

  async function open(name: string): Promise<PictureHost> {
    const earlier = (await servedBefore()).filter((url) => URL.parse(url)?.host === name);
    return { served: earlier.toReversed().slice(-KEPT), consecutiveFailures: 0, check: null };
  }

  function hostOf(url: string): Promise<PictureHost> {
    const name = URL.parse(url)?.host ?? '';
    const host = hosts.get(name) ?? open(name);
    hosts.set(name, host);
    return host;
  }

  /** @throws SourceBlocked when the host stays out, or the signal's reason */
  async function fetchPicture(
    url: string,
    known: Validators,
    signal: AbortSignal,
    headers: Record<string, string> = {},
  ): Promise<FetchedImage> {
    const host = await hostOf(url);
    for (;;) {
      if (host.check) await joined(host.check, signal);
      const fetched = await fetchImage(fetcher, url, known, signal, headers);
      if (fetched.kind !== 'failed') {
        noteSuccess(host, url);
        return fetched;
      }
      if (!MAYBE_THE_HOST.has(fetched.reason)) return fetched;
      const probes = host.served.filter((served) => served !== url);
      if (probes.length === 0) return doubt(host, fetched, url);
      // Whether it is the host's fault is not found out any more: nothing is said of the picture.
      fetcher.stop?.throwIfAborted();
      host.check ??= check(host, probes, headers, signal).finally(() => {
        host.check = null;
      });
      if ((await joined(host.check, signal)) === 'was_fine') return fetched;
    }
  }

  async function check(...probing: Parameters<typeof serves>): Promise<'was_fine' | 'is_back'> {
    if (await serves(...probing)) return 'was_fine';
    await waitFor(...probing);
    return 'is_back';
  }

  async function waitFor(
    host: PictureHost,
    probes: readonly string[],
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const name = URL.parse(probes[0] ?? '')?.host;
    const what = `${name} does not serve pictures that it served before`;
    for (const waitMs of OUTAGE_WAITS_MS) {
      await fetcher.pause(
        waitMs,
        `${what}; it is waited for, and none of its pictures counts as missing`,
        signal,
      );
      if (await serves(host, probes, headers, signal)) return;
    }
    throw new SourceBlocked(`${what}, and that for 10 minutes; the next run goes on from here`);
  }

  async function serves(
    host: PictureHost,
    probes: readonly string[],
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<boolean> {
    for (const url of probes.toReversed()) {
      const none = { etag: null, lastModified: null };
      const fetched = await fetchImage(fetcher, small(url), none, signal, headers);
      if (fetched.kind === 'failed') continue;
      noteSuccess(host, url);
      return true;
    }
    return false;
  }

  return { fetch: fetchPicture };
}

function noteSuccess(host: PictureHost, url: string): void {
  host.consecutiveFailures = 0;
  host.served = [...host.served.filter((served) => served !== url), url].slice(-KEPT);
}

/** A host that has never served anything cannot be told from one that is out. */
function doubt(host: PictureHost, failed: Failed, url: string): Failed {
  host.consecutiveFailures += 1;
  if (host.consecutiveFailures < MAX_CONSECUTIVE_FAILURES) return failed;
  throw new SourceBlocked(
    `${URL.parse(url)?.host} has failed or refused ${MAX_CONSECUTIVE_FAILURES} pictures in a row, so it is left alone; the last one: ${failed.message}`,
  );
}

/** A check that ended because its maker's performer was dropped says nothing: the picture is asked for again. */
async function joined(
  check: NonNullable<PictureHost['check']>,
  signal: AbortSignal,
): Promise<'was_fine' | 'is_back'> {
  try {
    return await check;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SourceBlocked) throw error;
    return 'is_back';
  }
}
