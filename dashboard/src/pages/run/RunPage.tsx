import { useModel } from '@preact/signals';
import type { RunDetail, TaskView } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { useRoute } from 'preact-iso';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { formatCount } from '../../derive/numbers.ts';
import { sumRejections } from '../../derive/rejections.ts';
import { describeRun, isFinal, runTone, sourceWords } from '../../derive/run-words.ts';
import { groupStages } from '../../derive/stages.ts';
import { RunLogModel } from '../../models/RunLogModel.ts';
import { RunModel } from '../../models/status.ts';
import { Facts } from '../../parts/Facts.tsx';
import { LogView } from '../../parts/LogView.tsx';
import { StateBadge } from '../../parts/Name.tsx';
import { EmptyState, Loaded, PageHead } from '../../parts/PageHead.tsx';
import { StopRun } from '../../parts/StopRun.tsx';
import { RunProgress } from '../dashboard/ActiveRun.tsx';
import { RunFacts } from './RunFacts.tsx';
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

interface RunParametersProps {
  run: RunDetail;
  titleOf: (source: SourceId | null) => string;
}

/** What the run was asked to do. */
function RunParameters({ run, titleOf }: RunParametersProps) {
  const { params } = run;
  return (
    <section class="card">
      <h2>Asked for</h2>
      <Facts
        facts={[
          { label: 'Sources', value: sourceWords(run, titleOf), isLong: true },
          { label: 'Faces', value: params.enable_faces ? 'on' : 'off, metadata only' },
          params.enable_faces
            ? { label: 'Faces per source', value: `at most ${params.max_faces_per_source}` }
            : null,
          params.enable_faces ? { label: 'Faces in all', value: `at most ${params.max_faces_total}` } : null,
          { label: 'Reference sites', value: params.reference_mode === 'url' ? 'by known url' : 'by name' },
          { label: 'Extent', value: params.full ? 'everything from the beginning' : 'what changed' },
          { label: 'Model pack', value: params.model_pack },
          { label: 'Configuration', value: <a href="/config">revision {run.config_revision}</a> },
        ]}
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
        <EmptyState title="None.">They are counted here by reason, as they happen.</EmptyState>
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
          and left the catalog with their faces.
        </p>
      )}
    </section>
  );
}
