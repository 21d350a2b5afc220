import { useDashboard, useWorkspace } from '../../context/context.ts';
import { mayTrigger } from '../../derive/permissions.ts';
import { EmptyState, Loaded } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { RunTable } from '../../parts/RunTable.tsx';

/** Every run, newest first. */
export function RunsPage() {
  const { session, clock } = useDashboard();
  const { runs } = useWorkspace();
  const user = session.session.value;
  return (
    <>
      <PageHead title="Runs">
        {user && mayTrigger(user) && (
          <a class="button primary" href="/build">
            Start a run
          </a>
        )}
      </PageHead>
      <Loaded data={runs.runs.value} error={runs.error.value} what="the runs">
        {(list) =>
          list.length === 0 ? (
            <EmptyState title="No run yet." action={<a href="/build">Start the first run</a>}>
              Runs are listed here with their figures, errors and log.
            </EmptyState>
          ) : (
            <section class="card" aria-label="Runs">
              <RunTable caption="Runs, newest first" runs={list} now={clock.now.value} />
              {runs.hasMore.value && (
                <p>
                  <button type="button" onClick={() => void runs.showMore()}>
                    Show older runs
                  </button>
                </p>
              )}
            </section>
          )
        }
      </Loaded>
    </>
  );
}
