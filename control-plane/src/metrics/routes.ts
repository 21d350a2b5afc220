import type { Site } from '../http/app-env.ts';
import { mount } from '../http/mount.ts';
import { expositionType, writeExposition } from './exposition.ts';
import { readFigures } from './read-figures.ts';
import { toMetrics } from './to-metrics.ts';

export function mountMetrics(site: Site): void {
  const { db, clock, tempo } = site.deps;

  mount(site, 'GET /metrics', async () => {
    const figures = await readFigures(db);
    const text = writeExposition(toMetrics(figures, { now: clock.now(), leaseTtlMs: tempo.leaseTtlMs }));
    return new Response(text, { headers: { 'content-type': expositionType, 'cache-control': 'no-store' } });
  });
}
