import type { Artifact, VersionView } from '@trainer/contract/versions';
import { useEffect, useRef } from 'preact/hooks';
import { countOf, formatBytes, formatCount, formatShare, listOf } from '../../derive/numbers.ts';
import { Facts } from '../../parts/Facts.tsx';
import { RelativeTime, StateBadge } from '../../parts/inline.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { CopyButton } from '../../parts/OneTimeSecret.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

interface Props {
  version: VersionView;
  isNewest: boolean;
  /** The address names it: `/versions#2026.11.22`. */
  isTarget: boolean;
  now: number;
  /** The title of a source; a manifest may name one that this dashboard does not know. */
  titleOf: (source: string) => string;
  copy: (text: string) => Promise<void>;
  /** Absent for those who may not. */
  onRemove?: () => void;
}

/** One version: what it holds, how good it is, and its files. */
export function VersionCard({ version, isNewest, isTarget, now, titleOf, copy, onRemove }: Props) {
  const { filename, quality, run_id } = version;
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isTarget) card.current?.scrollIntoView();
  }, [isTarget]);
  return (
    <section
      ref={card}
      class={`card version ${isTarget ? 'is-target' : ''}`}
      id={version.version}
      aria-label={`Version ${version.version}`}
    >
      <header class="card-head">
        <h2>{version.version}</h2>
        {isNewest && <StateBadge tone="good" label="newest" />}
        <p class="muted">
          <RelativeTime at={version.created} now={now} />
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
            Download {formatBytes(version.size_mb * 1_048_576)}
          </a>
        </div>
      </header>
      <Facts
        facts={[
          { label: 'Performers', value: formatCount(version.performers) },
          { label: 'Faces', value: formatCount(version.faces) },
          { label: 'Faces per performer', value: quality.faces_per_performer.toFixed(1) },
          { label: 'Performers with one face', value: formatShare(quality.single_face_share) },
          { label: 'Self-recognition', value: formatShare(quality.self_recognition) },
          { label: 'Model pack', value: version.model_pack },
          { label: 'Format', value: version.format },
          { label: 'Sources', value: listOf(version.sources.map(titleOf)), isLong: true },
        ]}
      />
      {quality.warnings.length > 0 && (
        <Notice tone="warn" title="Warnings">
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

interface ArtifactListProps {
  version: VersionView;
  copy: (text: string) => Promise<void>;
}

/** Every file of a version with its hash. */
function ArtifactList({ version, copy }: ArtifactListProps) {
  const columns: Column<Artifact>[] = [
    {
      label: 'File',
      cell: ({ name }) => (
        <a href={artifactUrl(version.version, name)} download={name}>
          {name}
        </a>
      ),
    },
    { label: 'Size', numeric: true, cell: ({ size }) => formatBytes(size) },
    { label: 'SHA-256', wide: true, cell: ({ sha256 }) => <code class="hash">{sha256}</code> },
    {
      label: 'Hash',
      cell: ({ name, sha256 }) => <CopyButton text={sha256} what={`hash of ${name}`} copy={copy} />,
    },
  ];
  return (
    <details>
      <summary>{countOf(version.artifacts.length, 'file')} with hashes</summary>
      <Table
        caption={`Files of version ${version.version}`}
        columns={columns}
        rows={version.artifacts}
        keyOf={({ name }) => name}
      />
    </details>
  );
}

/** Where the bytes of an artifact are; a plain link, so that the browser's own download takes over. */
function artifactUrl(version: string, name: string): string {
  return `/api/versions/${encodeURIComponent(version)}/artifacts/${encodeURIComponent(name)}`;
}
