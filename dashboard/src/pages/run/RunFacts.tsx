import type { RunDetail } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { formatCount, formatDelta } from '../../derive/numbers.ts';
import { etaText, rateText } from '../../derive/pace-text.ts';
import { isActive, isFinal, sourcesText } from '../../derive/run-text.ts';
import { elapsedMs, formatDuration } from '../../derive/times.ts';
import { Facts } from '../../parts/Facts.tsx';
import { ExternalText, RelativeTime } from '../../parts/inline.tsx';
import { Errors } from '../../parts/TaskTable.tsx';

/** Who asked, when, how long it took, what came of it, and how that differs from the run before. */
export function RunFacts({ run, now }: { run: RunDetail; now: number }) {
  const ms = elapsedMs(run.started_at, run.finished_at, now);
  const changedBy =
    run.actor && run.actor !== run.requested_by
      ? { label: 'Last changed by', value: <ExternalText>{run.actor}</ExternalText> }
      : null;
  return (
    <Facts
      facts={[
        { label: 'Requested by', value: <ExternalText>{run.requested_by}</ExternalText> },
        { label: 'Requested', value: <RelativeTime at={run.created_at} now={now} /> },
        {
          label: isFinal(run) ? 'Duration' : 'Running for',
          value: ms === null ? 'not started' : formatDuration(ms),
        },
        isActive(run) ? { label: 'Rate', value: rateText(run.pace) } : null,
        isActive(run) ? { label: 'Time left', value: etaText(run.pace) } : null,
        { label: 'Performers processed', value: formatCount(run.performers_processed) },
        { label: 'New faces', value: formatCount(run.faces_added) },
        { label: 'Errors', value: <Errors count={run.errors} /> },
        run.version
          ? { label: 'Version', value: <a href={`/versions#${run.version}`}>{run.version}</a> }
          : null,
        run.diff
          ? { label: 'Compared with the previous run', value: <Difference diff={run.diff} />, isLong: true }
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

interface Props {
  run: RunDetail;
  titleOf: (source: SourceId | null) => string;
}

/** What the run was asked to do. */
export function RunParameters({ run, titleOf }: Props) {
  const { params } = run;
  return (
    <section class="card">
      <h2>Parameters</h2>
      <Facts
        facts={[
          { label: 'Sources', value: sourcesText(run, titleOf), isLong: true },
          { label: 'Faces', value: params.enable_faces ? 'on' : 'off, metadata only' },
          params.enable_faces
            ? { label: 'Faces per source', value: `at most ${params.max_faces_per_source}` }
            : null,
          params.enable_faces
            ? { label: 'Faces in total', value: `at most ${params.max_faces_total}` }
            : null,
          { label: 'Reference sites', value: params.reference_mode === 'url' ? 'by known url' : 'by name' },
          { label: 'Extent', value: params.full ? 'full rescan' : 'changes only' },
          { label: 'Model pack', value: params.model_pack },
          { label: 'Configuration', value: <a href="/config">revision {run.config_revision}</a> },
        ]}
      />
    </section>
  );
}
