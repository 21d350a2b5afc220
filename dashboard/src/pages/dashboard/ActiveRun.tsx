import type { RunDetail } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { formatCount } from '../../derive/numbers.ts';
import { etaText, isTotalPartial, rateText } from '../../derive/pace-text.ts';
import { describeRun, runTone } from '../../derive/run-text.ts';
import { elapsedMs, formatDuration } from '../../derive/times.ts';
import { Facts } from '../../parts/Facts.tsx';
import { StateBadge } from '../../parts/inline.tsx';
import { ProgressBar } from '../../parts/Progress.tsx';
import { Errors, TaskTable } from '../../parts/TaskTable.tsx';

interface Props {
  run: RunDetail;
  titleOf: (source: SourceId | null) => string;
  now: number;
}

/** The active run: its state in words, how far it is, how fast it goes, and each source. */
export function ActiveRun({ run, titleOf, now }: Props) {
  return (
    <section class="card hero" aria-label={`Run ${run.id}`}>
      <header class="hero-head">
        <h2>
          <a href={`/runs/${run.id}`}>Run {run.id}</a>
        </h2>
        <StateBadge tone={runTone(run.status)} label={run.status} />
      </header>
      <p class="lead" aria-live="polite">
        {describeRun(run, titleOf)}
      </p>
      <RunProgress run={run} />
      <Facts
        facts={[
          { label: 'Rate', value: rateText(run.pace) },
          { label: 'Time left', value: etaText(run.pace) },
          { label: 'New faces', value: formatCount(run.faces_added) },
          { label: 'Errors', value: <Errors count={run.errors} /> },
          { label: 'Running for', value: formatDuration(elapsedMs(run.started_at, null, now) ?? 0) },
        ]}
      />
      <TaskTable caption={`Sources of run ${run.id}`} tasks={run.tasks} titleOf={titleOf} now={now} />
    </section>
  );
}

/** How far a run is, as a bar and as figures. */
export function RunProgress({ run }: { run: RunDetail }) {
  const { performers_processed: done, performers_total: total } = run;
  return (
    <div class="run-progress">
      <ProgressBar label={`Run ${run.id}: performers processed`} done={done} total={total} />
      <p>
        <strong>{formatCount(done)}</strong>
        {total === null
          ? ' performers; the total is not known yet'
          : ` of ${isTotalPartial(run.tasks) ? 'at least ' : ''}${formatCount(total)} performers`}
      </p>
    </div>
  );
}
