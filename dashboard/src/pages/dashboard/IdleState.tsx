import type { RunView } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { describeRun, isFinal, runTone } from '../../derive/run-words.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { Moment } from '../../parts/Moment.tsx';
import { StateBadge } from '../../parts/StateBadge.tsx';

interface Props {
  /** The newest run; null before the first. */
  last: RunView | null;
  titleOf: (source: SourceId | null) => string;
  now: number;
}

/** Nothing is running: what became of the last run, or how the first one begins. */
export function IdleState({ last, titleOf, now }: Props) {
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
