import type { RunDetail, RunView } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { elapsedMs, formatDuration } from '../../derive/moments.ts';
import { formatCount } from '../../derive/numbers.ts';
import { etaWords, isTotalPartial, rateWords } from '../../derive/pace-words.ts';
import { describeRun, isFinal, runTone } from '../../derive/run-words.ts';
import { Facts, ProgressBar } from '../../parts/Facts.tsx';
import { Moment, StateBadge } from '../../parts/Name.tsx';
import { EmptyState } from '../../parts/PageHead.tsx';
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
          { label: 'Rate', value: rateWords(run.pace) },
          { label: 'Time left', value: etaWords(run.pace) },
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
          ? ' performers; how many there will be is not known yet'
          : ` of ${isTotalPartial(run.tasks) ? 'at least ' : ''}${formatCount(total)} performers`}
      </p>
    </div>
  );
}

interface IdleStateProps {
  /** The newest run; null before the first. */
  last: RunView | null;
  titleOf: (source: SourceId | null) => string;
  now: number;
}

/** Nothing is running: what became of the last run, or how the first one begins. */
export function IdleState({ last, titleOf, now }: IdleStateProps) {
  if (!last) {
    return (
      <section class="card hero">
        <EmptyState
          title="Nothing has been built yet."
          action={<a href="/build">Choose sources and start the first run</a>}
        >
          A run asks the ticked sources for performers, finds their faces and publishes a version that
          sidecars load.
        </EmptyState>
      </section>
    );
  }
  return (
    <section class="card hero">
      <header class="hero-head">
        <h2>{isFinal(last) ? 'Nothing is running' : 'About to begin'}</h2>
      </header>
      <p class="lead">
        <a href={`/runs/${last.id}`}>Run {last.id}</a>{' '}
        <StateBadge tone={runTone(last.status)} label={last.status} />{' '}
        <Moment at={last.finished_at ?? last.created_at} now={now} />. {describeRun(last, titleOf)}
      </p>
    </section>
  );
}
