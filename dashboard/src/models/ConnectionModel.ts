import { computed, createModel, signal } from '@preact/signals';
import { ApiProblem, ApiUnreachable, type Call } from '@trainer/contract/client';
import type { RouteKey } from '@trainer/contract/routes';
import type { Browser } from '../api/browser.ts';
import type { ControlPlane } from '../api/control-plane.ts';
import { release } from '../api/release.ts';

/** Hears every answer, and so knows whether the control plane is there and whether it still knows us. */
export const ConnectionModel = createModel((api: ControlPlane, browser: Browser) => {
  /** When the first of the calls that got no answer was made; null while answers come. */
  const lostSince = signal<number | null>(null);
  /** Grows with every "sign in first". */
  const refusals = signal(0);

  /** The release that answers now, when it is another one than the page was loaded from. */
  const otherRelease = computed(() => (api.release.value === release ? null : api.release.value));

  const heard = (error: unknown): void => {
    if (error instanceof ApiUnreachable) lostSince.value ??= browser.now();
    else lostSince.value = null;
    if (error instanceof ApiProblem && error.code === 'unauthenticated') refusals.value += 1;
  };
  const watched = async (key: RouteKey, ...rest: unknown[]): Promise<unknown> => {
    try {
      // `Call` gives each key its own types, which one function body cannot be typed with.
      const answer = await (api.call as (key: RouteKey, ...rest: unknown[]) => Promise<unknown>)(
        key,
        ...rest,
      );
      heard(null);
      return answer;
    } catch (error) {
      heard(error);
      throw error;
    }
  };
  return { lostSince, otherRelease, refusals, call: watched as Call, openLog: api.openLog };
});
export type ConnectionModel = InstanceType<typeof ConnectionModel>;
