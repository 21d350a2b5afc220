import { useDashboard, useWorkspace } from '../../context/context.ts';
import { mayTrigger } from '../../derive/permissions.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { RunTable } from '../../parts/RunTable.tsx';
import { StopRun } from '../../parts/StopRun.tsx';
import { ActiveRun } from './ActiveRun.tsx';
import { HealthNotes } from './HealthNotes.tsx';
import { IdleState } from './IdleState.tsx';
import { NoRunner, RunnerList } from './RunnerList.tsx';

const RECENT = 6;

/** What goes on now, what went on before, and who is there to work. */
export function DashboardPage() {
  const { session, clock } = useDashboard();
  const { runs, runners, sources, health } = useWorkspace();
  const who = session.session.value;
  const active = runs.active.value;
  const now = clock.now.value;
  return (
    <>
      <PageHead title="Dashboard">
        {active && <StopRun run={active} />}
        {who && mayTrigger(who) && (
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
