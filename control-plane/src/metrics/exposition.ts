/**
 * Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). The usual library keeps its counters
 * in the process, and a restart or another isolate loses them. Ours are read from the database with every request, so only the
 * text format is needed.
 */
export interface Metric {
  /** `trainer_…`, ending in its unit, or in `_total` when it is a counter. */
  name: string;
  type: 'counter' | 'gauge';
  /** One sentence. */
  help: string;
  /** Empty while there is no value. */
  samples: readonly Sample[];
}

export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

export function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: 'counter', help, samples };
}

export function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: 'gauge', help, samples };
}

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** The metrics as text, each with its help and type. */
export function writeExposition(metrics: readonly Metric[]): string {
  return metrics.map(writeMetric).join('');
}

function writeMetric({ name, type, help, samples }: Metric): string {
  const lines = [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels = {}, value }) => `${name}${writeLabels(labels)} ${value}`),
  ];
  return `${lines.join('\n')}\n`;
}

function writeLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** What `make` makes of a value; nothing where there is none, because a missing sample is not a zero. */
export function some<T>(value: T | null | undefined, make: (value: T) => Sample): Sample[] {
  return value === null || value === undefined ? [] : [make(value)];
}

/** From ms to what Prometheus counts in. */
export function seconds(ms: number): number {
  return ms / 1_000;
}

/** Never below 0: a time from another clock may lie ahead. Both ms since 1970. */
export function secondsSince(at: number, now: number): number {
  return seconds(Math.max(0, now - at));
}
