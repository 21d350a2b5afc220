export interface ParsedMetric {
  type: 'counter' | 'gauge';
  help: string;
  /** By the labels as they are written: `source="stashdb",reason="blurred"`; empty without labels. */
  samples: Map<string, number>;
}

const NAME = '[a-z][a-z0-9_]*';
const LABEL = `${NAME}="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const HELP_LINE = new RegExp(`^# HELP (${NAME}) (\\S.*)$`);
const TYPE_LINE = new RegExp(`^# TYPE (${NAME}) (counter|gauge)$`);
const SAMPLE_LINE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\d+(?:\\.\\d+)?)$`);

/**
 * Reads Prometheus' text format as strictly as a scraper might, and as our conventions want it: every metric once, help,
 * type and samples together, no series twice, no negative number, `_total` on counters and on nothing else.
 */
export function parseExposition(text: string): Map<string, ParsedMetric> {
  if (!text.endsWith('\n')) throw new Error('The last line does not end');
  const metrics = new Map<string, ParsedMetric>();
  const lines = text.slice(0, -1).split('\n');
  while (lines.length > 0) {
    const [, name = '', help = ''] = expectMatch(lines.shift(), HELP_LINE);
    const [, typed, type] = expectMatch(lines.shift(), TYPE_LINE);
    if (typed !== name) throw new Error(`The type of ${typed} follows the help of ${name}`);
    if (metrics.has(name)) throw new Error(`${name} comes twice`);
    if ((type === 'counter') !== name.endsWith('_total')) throw new Error(`${name} is a ${type}`);
    const samples = new Map<string, number>();
    while (lines[0] !== undefined && !lines[0].startsWith('#')) {
      const [, sampled, labels = '', value] = expectMatch(lines.shift(), SAMPLE_LINE);
      if (sampled !== name) throw new Error(`A sample of ${sampled} stands among those of ${name}`);
      if (samples.has(labels)) throw new Error(`${name}{${labels}} comes twice`);
      samples.set(labels, Number(value));
    }
    metrics.set(name, { type: type === 'counter' ? 'counter' : 'gauge', help, samples });
  }
  return metrics;
}

function expectMatch(line: string | undefined, pattern: RegExp): RegExpExecArray {
  const match = pattern.exec(line ?? '');
  if (!match) throw new Error(`${JSON.stringify(line)} does not match ${pattern}`);
  return match;
}
