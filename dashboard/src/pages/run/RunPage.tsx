import { useModel } from '@preact/signals';
import { useRoute } from 'preact-iso';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { describeRun, isFinal, runTone } from '../../derive/run-words.ts';
import { groupStages } from '../../derive/stages.ts';
import { RunModel } from '../../models/RunModel.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { StateBadge } from '../../parts/StateBadge.tsx';
import { StopRun } from '../../parts/StopRun.tsx';
import { RunProgress } from '../dashboard/ActiveRun.tsx';
import { RunFacts } from './RunFacts.tsx';
import { RunLog } from './RunLog.tsx';
import { RunParameters } from './RunParameters.tsx';
import { RunRejections } from './RunRejections.tsx';
import { StageSection } from './StageSection.tsx';

/** The page of one run; a different number is a different page. */
export function RunPage() {
  const { params } = useRoute();
  const id = Number(params.id);
  return <OneRun key={id} id={id} />;
}

function OneRun({ id }: { id: number }) {
  const { connection, browser, clock } = useDashboard();
  const { sources } = useWorkspace();
  const { run, error, reload } = useModel(() => new RunModel(connection, browser, id));
  const titleOf = sources.titleOf.value;
  const now = clock.now.value;
  const status = run.value?.status;
  return (
    <>
      <PageHead title={`Run ${id}`} aside={status && <StateBadge tone={runTone(status)} label={status} />}>
        {run.value && !isFinal(run.value) && <StopRun run={run.value} onStopped={() => void reload()} />}
      </PageHead>
      <Loaded data={run.value} error={error.value} what={`run ${id}`}>
        {(found) => (
          <>
            <section class="card hero" aria-label="Summary">
              <p class="lead" aria-live="polite">
                {describeRun(found, titleOf)}
              </p>
              {!isFinal(found) && <RunProgress run={found} />}
              <RunFacts run={found} now={now} />
            </section>
            {groupStages(found.tasks).map((stage) => (
              <StageSection key={stage.kind} stage={stage} titleOf={titleOf} now={now} />
            ))}
            <div class="columns">
              <RunRejections tasks={found.tasks} />
              <RunParameters run={found} titleOf={titleOf} />
            </div>
            <RunLog id={id} sources={found.params.sources} titleOf={titleOf} />
          </>
        )}
      </Loaded>
    </>
  );
}
