import { useModel } from '@preact/signals';
import type { TaskView } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { useRoute } from 'preact-iso';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { formatCount } from '../../derive/numbers.ts';
import { sumRejections } from '../../derive/rejections.ts';
import { describeRun, isFinal, runTone } from '../../derive/run-text.ts';
import { groupStages, type Stage } from '../../derive/stages.ts';
import { RunLogModel } from '../../models/RunLogModel.ts';
import { RunModel } from '../../models/RunsModel.ts';
import { StateBadge } from '../../parts/inline.tsx';
import { LogView } from '../../parts/LogView.tsx';
import { EmptyState, Loaded } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { StopRun } from '../../parts/StopRun.tsx';
import { TaskTable } from '../../parts/TaskTable.tsx';
import { RunProgress } from '../dashboard/ActiveRun.tsx';
import { RunFacts, RunParameters } from './RunFacts.tsx';

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

interface Props {
  id: number;
  sources: readonly SourceId[];
  titleOf: (source: SourceId | null) => string;
}

/** The live log of a run. */
function RunLog({ id, sources, titleOf }: Props) {
  const { connection, browser } = useDashboard();
  const log = useModel(() => new RunLogModel(connection, browser, id));
  return (
    <section class="card">
      <h2>Log</h2>
      <LogView
        lines={log.lines.value}
        state={log.state.value}
        source={log.source.value}
        level={log.level.value}
        follow={log.follow.value}
        sources={sources}
        titleOf={titleOf}
        onFilter={log.filter}
        onFollow={log.setFollow}
      />
    </section>
  );
}

const states = {
  waiting: ['calm', 'not started'],
  active: ['busy', 'in progress'],
  over: ['good', 'finished'],
} as const;

interface StageSectionProps {
  stage: Stage;
  titleOf: (source: SourceId | null) => string;
  now: number;
}

/** One of the three stages of a run with its tasks. */
function StageSection({ stage, titleOf, now }: StageSectionProps) {
  const [tone, label] = states[stage.state];
  const wentAwry = stage.tasks.some(({ status }) => status === 'failed' || status === 'skipped');
  return (
    <section class={`card stage-${stage.state}`} aria-label={stage.title}>
      <header class="card-head">
        <h2>{stage.title}</h2>
        <StateBadge tone={wentAwry ? 'warn' : tone} label={label} />
        <p class="muted">{stage.description}</p>
      </header>
      <TaskTable
        caption={`Tasks of the stage ${stage.title}`}
        tasks={stage.tasks}
        titleOf={titleOf}
        now={now}
        detailed={stage.state !== 'waiting' && stage.kind !== 'publish'}
      />
    </section>
  );
}

/** Why images and faces were not taken, the most frequent reason first. */
function RunRejections({ tasks }: { tasks: readonly TaskView[] }) {
  const rejections = sumRejections(tasks);
  const retired = tasks.reduce((sum, { progress }) => sum + (progress.images_retired ?? 0), 0);
  const most = rejections[0]?.count ?? 1;
  return (
    <section class="card">
      <h2>Rejected images and faces</h2>
      {rejections.length === 0 && (
        <EmptyState title="None.">Rejections are counted here by reason.</EmptyState>
      )}
      <dl class="bars">
        {rejections.map(({ reason, label, count }) => (
          <div key={reason}>
            <dt title={reason}>{label}</dt>
            <dd>
              <meter aria-label={label} min={0} max={most} value={count} />
              <span class="numeric">{formatCount(count)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {retired > 0 && (
        <p>
          {formatCount(retired)} {retired === 1 ? 'image is' : 'images are'} no longer listed by the source
          and removed from the catalog with their faces.
        </p>
      )}
    </section>
  );
}
