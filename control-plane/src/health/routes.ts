import type { AppContext } from '../context/app-context.ts';
import { mount } from '../http/mount.ts';
import { ProblemError } from '../http/problem-error.ts';
import { checkHealth, type Health } from './check-health.ts';

/** The route is public and a check writes to the version store, so the result is cached for this long, ms. */
const KEPT_MS = 5_000;

/** Whether the process answers, and whether it can do its work. */
export function mountHealth(appContext: AppContext): void {
  const { clock } = appContext.deps;
  // Caches the value, not its promise: on Workers a request that awaits another request's promise hangs.
  let kept: { until: number; health: Health } | null = null;

  const health = async () => {
    if (kept && clock.now() < kept.until) return kept.health;
    // Requests during a check get the previous result.
    if (kept) kept.until = clock.now() + KEPT_MS;
    const found = await checkHealth(appContext.deps);
    kept = { until: clock.now() + KEPT_MS, health: found };
    return found;
  };

  mount(appContext, 'GET /healthz', async () => ({ status: 'ok' as const }));

  mount(appContext, 'GET /readyz', async () => {
    const { checks, warnings } = await health();
    const flaws = Object.values(checks).flatMap((flaw) => flaw ?? []);
    if (flaws.length > 0) throw new ProblemError('unavailable', flaws.join(' '));
    return {
      status: 'ready' as const,
      checks: Object.fromEntries(Object.keys(checks).map((name) => [name, 'can be used'])),
      warnings,
    };
  });
}
