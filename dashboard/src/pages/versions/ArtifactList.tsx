import type { Artifact, VersionView } from '@trainer/contract/versions';
import { countOf, formatBytes } from '../../derive/numbers.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { artifactUrl } from './artifact-url.ts';

interface Props {
  version: VersionView;
  copy: (text: string) => Promise<void>;
}

/** Every file of a version with its hash. */
export function ArtifactList({ version, copy }: Props) {
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
