import type { RunDetail } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { sourceWords } from '../../derive/run-words.ts';
import { Facts } from '../../parts/Facts.tsx';

interface Props {
  run: RunDetail;
  titleOf: (source: SourceId | null) => string;
}

/** What the run was asked to do. */
export function RunParameters({ run, titleOf }: Props) {
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
