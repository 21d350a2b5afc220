import { formatRange, ownProtocols } from '@trainer/contract/protocol';
import { version } from '@trainer/contract/version';
import type { AppContext } from '../context/app-context.ts';
import { mount } from '../http/mount.ts';
import { counter, expositionType, gauge, type Metric, writeExposition } from './exposition.ts';
import { leaseMetrics, type Moment } from './lease-metrics.ts';
import { type Figures, readFigures } from './read-figures.ts';
import { runMetrics, versionMetrics } from './run-metrics.ts';
import { sourceMetrics } from './source-metrics.ts';

export function mountMetrics(appContext: AppContext): void {
  const { db, clock, timings } = appContext.deps;

  mount(appContext, 'GET /metrics', async () => {
    const figures = await readFigures(db);
    const text = writeExposition(toMetrics(figures, { now: clock.now(), leaseTtlMs: timings.leaseTtlMs }));
    return new Response(text, { headers: { 'content-type': expositionType, 'cache-control': 'no-store' } });
  });
}

/**
 * The figures as metrics. Ages are reported instead of timestamps, because the monitoring system's clock may differ from the
 * control plane's.
 */
function toMetrics(figures: Figures, moment: Moment): Metric[] {
  const { now } = moment;
  return [
    gauge('trainer_build_info', 'The release and the protocols of this control plane; always 1.', [
      { labels: { version, protocol: formatRange(ownProtocols) }, value: 1 },
    ]),
    ...runMetrics(figures, now),
    ...leaseMetrics(figures, moment),
    ...sourceMetrics(figures),
    ...versionMetrics(figures, now),
    ...logMetrics(figures),
  ];
}

function logMetrics({ log }: Figures): Metric[] {
  return [
    counter('trainer_log_lines_total', 'Log lines that were ever stored.', [{ value: log?.ever ?? 0 }]),
    gauge('trainer_log_lines_stored', 'Log lines that are kept.', [{ value: log?.stored ?? 0 }]),
    gauge('trainer_log_stored_bytes', 'Their size, as retention counts it.', [{ value: log?.bytes ?? 0 }]),
  ];
}
