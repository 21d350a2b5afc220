import { ApiProblem } from '@trainer/contract/client';
import type { RunView } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { mayTrigger } from '../../derive/permissions.ts';
import { describeRun, isFinal, runTone } from '../../derive/run-text.ts';
import { RelativeTime, StateBadge } from '../../parts/inline.tsx';
import { EmptyState, FailureNote, Loaded, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { RunTable } from '../../parts/RunTable.tsx';
import { StopRun } from '../../parts/StopRun.tsx';
import { ActiveRun } from './ActiveRun.tsx';
import { NoRunner, RunnerList } from './RunnerList.tsx';

const RECENT = 6;

/** What goes on now, what went on before, and who is there to work. */
export function DashboardPage() {
  const { session, clock } = useDashboard();
  const { runs, runners, sources, health } = useWorkspace();
  const user = session.session.value;
  const active = runs.active.value;
  const now = clock.now.value;
  return (
    <>
      <PageHead title="Dashboard">
        {active && <StopRun run={active} />}
        {user && mayTrigger(user) && (
          <a class={`button ${active ? '' : 'primary'}`} href="/build">
            {active ? 'Queue another run' : 'Start a run'}
          </a>
        )}
      </PageHead>
      <HealthNotes warnings={health.health.value?.warnings ?? []} error={health.error.value} />
      {runners.runners.value && runners.online.value.length === 0 && (
        <NoRunner isRunWaiting={active !== null} />
      )}
      <Loaded data={runs.runs.value} error={runs.error.value} what="the runs">
        {(list) => (
          <>
            {active ? (
              <ActiveRun run={active} titleOf={sources.titleOf.value} now={now} />
            ) : (
              <IdleState last={list[0] ?? null} titleOf={sources.titleOf.value} now={now} />
            )}
            <div class="columns">
              <section class="card">
                <h2>Recent runs</h2>
                {list.length === 0 ? (
                  <EmptyState title="No run yet.">Runs appear here, newest first.</EmptyState>
                ) : (
                  <RunTable caption="Recent runs" runs={list.slice(0, RECENT)} now={now} brief />
                )}
                {list.length > RECENT && (
                  <p>
                    <a href="/runs">All runs</a>
                  </p>
                )}
              </section>
              <section class="card">
                <h2>Runners</h2>
                <Loaded data={runners.runners.value} error={runners.error.value} what="the runners">
                  {(all) => <RunnerList runners={all} now={now} />}
                </Loaded>
              </section>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

interface Props {
  warnings: readonly string[];
  /** Why the control plane was not asked with success. */
  error: unknown;
}

/** What somebody should see to: full disks, runners that take no work. What cannot be reached at all is said elsewhere. */
function HealthNotes({ warnings, error }: Props) {
  if (error instanceof ApiProblem) return <FailureNote error={error} />;
  return warnings.map((warning) => (
    <Notice key={warning} tone="warn">
      <p>{warning}</p>
    </Notice>
  ));
}

interface IdleStateProps {
  /** The newest run; null before the first. */
  last: RunView | null;
  titleOf: (source: SourceId | null) => string;
  now: number;
}

/** Nothing is running: what became of the last run, or how the first one begins. */
function IdleState({ last, titleOf, now }: IdleStateProps) {
  if (!last) {
    return (
      <section class="card hero">
        <EmptyState
          title="Nothing has been built yet."
          action={<a href="/build">Select sources and start the first run</a>}
        >
          A run reads performers from the selected sources, finds their faces and publishes a version that
          sidecars load.
        </EmptyState>
      </section>
    );
  }
  return (
    <section class="card hero">
      <header class="hero-head">
        <h2>{isFinal(last) ? 'Nothing is running' : 'About to start'}</h2>
      </header>
      <p class="lead">
        <a href={`/runs/${last.id}`}>Run {last.id}</a>{' '}
        <StateBadge tone={runTone(last.status)} label={last.status} />{' '}
        <RelativeTime at={last.finished_at ?? last.created_at} now={now} />. {describeRun(last, titleOf)}
      </p>
    </section>
  );
}
