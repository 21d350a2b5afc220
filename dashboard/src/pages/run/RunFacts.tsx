import type { RunDetail } from '@trainer/contract/runs';
import { elapsedMs, formatDuration } from '../../derive/moments.ts';
import { formatCount, formatDelta } from '../../derive/numbers.ts';
import { etaWords, rateWords } from '../../derive/pace-words.ts';
import { isActive, isFinal } from '../../derive/run-words.ts';
import { Facts } from '../../parts/Facts.tsx';
import { Moment } from '../../parts/Moment.tsx';
import { Name } from '../../parts/Name.tsx';
import { Errors } from '../../parts/TaskTable.tsx';

/** Who asked, when, how long it took, what came of it, and how that differs from the run before. */
export function RunFacts({ run, now }: { run: RunDetail; now: number }) {
  const ms = elapsedMs(run.started_at, run.finished_at, now);
  const changedBy =
    run.actor && run.actor !== run.requested_by
      ? { label: 'Last changed by', value: <Name>{run.actor}</Name> }
      : null;
  return (
    <Facts
      facts={[
        { label: 'Asked by', value: <Name>{run.requested_by}</Name> },
        { label: 'Asked', value: <Moment at={run.created_at} now={now} /> },
        {
          label: isFinal(run) ? 'Took' : 'Running for',
          value: ms === null ? 'not begun' : formatDuration(ms),
        },
        isActive(run) ? { label: 'Rate', value: rateWords(run.pace) } : null,
        isActive(run) ? { label: 'Time left', value: etaWords(run.pace) } : null,
        { label: 'Performers processed', value: formatCount(run.performers_processed) },
        { label: 'New faces', value: formatCount(run.faces_added) },
        { label: 'Errors', value: <Errors count={run.errors} /> },
        run.version
          ? { label: 'Version', value: <a href={`/versions#${run.version}`}>{run.version}</a> }
          : null,
        run.diff
          ? { label: 'Against the run before', value: <Difference diff={run.diff} />, isLong: true }
          : null,
        changedBy,
      ]}
    />
  );
}

function Difference({ diff }: { diff: NonNullable<RunDetail['diff']> }) {
  return (
    <>
      {formatDelta(diff.performers_delta)} performers, {formatDelta(diff.faces_delta)} faces{' '}
      <a href={`/runs/${diff.against}`}>(run {diff.against})</a>
    </>
  );
}
