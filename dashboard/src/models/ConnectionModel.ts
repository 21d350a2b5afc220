import { computed, createModel, signal } from '@preact/signals';
import { ApiProblem, ApiUnreachable, type Call } from '@trainer/contract/client';
import type { RouteKey } from '@trainer/contract/routes';
import type { Browser } from '../api/browser.ts';
import { type ControlPlane, release } from '../api/control-plane.ts';

/** Observes every answer to track whether the control plane is reachable and the session is valid. */
export const ConnectionModel = createModel((api: ControlPlane, browser: Browser) => {
  /** The time of the first unanswered call, ms since 1970; null while the control plane answers. */
  const lostSince = signal<number | null>(null);
  /** Counts the answers with status 401. */
  const unauthorizedCount = signal(0);

  /** The release of the control plane when it differs from that of the page; otherwise null. */
  const otherRelease = computed(() => (api.release.value === release ? null : api.release.value));

  const track = (error: unknown): void => {
    if (error instanceof ApiUnreachable) lostSince.value ??= browser.now();
    else lostSince.value = null;
    if (error instanceof ApiProblem && error.code === 'unauthenticated') unauthorizedCount.value += 1;
  };
  const trackedCall = async (key: RouteKey, ...rest: unknown[]): Promise<unknown> => {
    try {
      // `Call` gives each key its own types, which one function body cannot be typed with.
      const answer = await (api.call as (key: RouteKey, ...rest: unknown[]) => Promise<unknown>)(
        key,
        ...rest,
      );
      track(null);
      return answer;
    } catch (error) {
      track(error);
      throw error;
    }
  };
  return { lostSince, otherRelease, unauthorizedCount, call: trackedCall as Call, openLog: api.openLog };
});
export type ConnectionModel = InstanceType<typeof ConnectionModel>;
