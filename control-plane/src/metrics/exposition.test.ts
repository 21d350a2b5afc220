import { expect, it } from 'vitest';
import { parseExposition } from '../../testing/parse-exposition.ts';
import { counter, gauge, writeExposition } from './exposition.ts';

it('writes help, type and samples of each metric together', () => {
  const text = writeExposition([
    counter('trainer_runs_total', 'Runs.', [{ labels: { status: 'failed', kind: 'x' }, value: 3 }]),
    gauge('trainer_wait_seconds', 'Waiting.', [{ value: 0.25 }]),
    gauge('trainer_age_seconds', 'Nothing to say.', []),
  ]);
  expect(text).toBe(`# HELP trainer_runs_total Runs.
# TYPE trainer_runs_total counter
trainer_runs_total{status="failed",kind="x"} 3
# HELP trainer_wait_seconds Waiting.
# TYPE trainer_wait_seconds gauge
trainer_wait_seconds 0.25
# HELP trainer_age_seconds Nothing to say.
# TYPE trainer_age_seconds gauge
`);
});

it('keeps whatever stands in a label or a help text on its line', () => {
  const text = writeExposition([
    gauge('trainer_seen', 'Says\n# TYPE \\ something', [{ labels: { runner: 'a "b"\\\n# c' }, value: 1 }]),
  ]);
  const metric = parseExposition(text).get('trainer_seen');
  expect(metric?.help).toBe('Says\\n# TYPE \\\\ something');
  expect([...(metric?.samples.keys() ?? [])]).toEqual(['runner="a \\"b\\"\\\\\\n# c"']);
});
