import type { VersionView } from '@trainer/shared/versions';
import { formatCount, formatShare, listOf } from '../../derive/numbers.ts';
import { Facts } from '../../parts/Facts.tsx';
import { Moment } from '../../parts/Moment.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { StateBadge } from '../../parts/StateBadge.tsx';
import { ArtifactList } from './ArtifactList.tsx';
import { artifactUrl } from './artifact-url.ts';

interface Props {
  version: VersionView;
  isNewest: boolean;
  now: number;
  /** The title of a source; a manifest may name one that this dashboard does not know. */
  titleOf: (source: string) => string;
  copy: (text: string) => Promise<void>;
  /** Absent for those who may not. */
  onRemove?: () => void;
}

/** One version: what it holds, how good it is, and its files. */
export function VersionCard({ version, isNewest, now, titleOf, copy, onRemove }: Props) {
  const { filename, quality, run_id } = version;
  return (
    <section class="card version" id={version.version} aria-label={`Version ${version.version}`}>
      <header class="card-head">
        <h2>{version.version}</h2>
        {isNewest && <StateBadge tone="good" label="newest" />}
        <p class="muted">
          <Moment at={version.created} now={now} />
          {run_id !== null && (
            <>
              {' '}
              by <a href={`/runs/${run_id}`}>run {run_id}</a>
            </>
          )}
          {version.parent ? `, after ${version.parent}` : ', the first'}
        </p>
        <div class="actions">
          {onRemove && (
            <button
              type="button"
              class="danger-quiet"
              aria-label={`Remove version ${version.version}`}
              onClick={onRemove}
            >
              Remove…
            </button>
          )}
          <a
            class={`button ${isNewest ? 'primary' : ''}`}
            href={artifactUrl(version.version, filename)}
            download={filename}
          >
            Download {formatCount(version.size_mb)} MB
          </a>
        </div>
      </header>
      <Facts
        facts={[
          { label: 'Performers', value: formatCount(version.performers) },
          { label: 'Faces', value: formatCount(version.faces) },
          { label: 'Faces per performer', value: quality.faces_per_performer.toFixed(1) },
          { label: 'With a single face', value: formatShare(quality.single_face_share) },
          { label: 'Recognises itself', value: formatShare(quality.self_recognition) },
          { label: 'Model pack', value: version.model_pack },
          { label: 'Format', value: version.format },
          { label: 'Sources', value: listOf(version.sources.map(titleOf)), isLong: true },
        ]}
      />
      {quality.warnings.length > 0 && (
        <Notice tone="warn" title="To know before you load it">
          <ul>
            {quality.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      <ArtifactList version={version} copy={copy} />
    </section>
  );
}
