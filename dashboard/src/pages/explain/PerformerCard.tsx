import type { ExplainedPerformer } from '@trainer/contract/questions';
import { shortId } from '../../derive/address-text.ts';
import { ExternalText, PageLink, RelativeTime } from '../../parts/inline.tsx';
import { EmptyState } from '../../parts/Notice.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

type Link = ExplainedPerformer['links'][number];
type Face = ExplainedPerformer['faces'][number];

/** One performer: the records that were taken for it, and its faces, each with why. */
export function PerformerCard({ performer, now }: { performer: ExplainedPerformer; now: number }) {
  const { name, ids, links, faces } = performer;
  return (
    <section class="card" aria-label={name}>
      <header class="card-head">
        <h2>
          <ExternalText>{name}</ExternalText>
        </h2>
        <p class="chips">
          {ids.map((id) => (
            <code key={id} title={id}>
              {shortId(id)}
            </code>
          ))}
        </p>
      </header>
      <h3>Why these are one performer</h3>
      {links.length === 0 ? (
        <p class="muted">A single record without links.</p>
      ) : (
        <Table caption={`Links of ${name}`} columns={linkColumns(now)} rows={links} keyOf={linkKey} />
      )}
      <h3>Why each face is here</h3>
      {faces.length === 0 ? (
        <EmptyState title="No face.">
          Without a face, the performer is not in the face index of a version.
        </EmptyState>
      ) : (
        <Table caption={`Faces of ${name}`} columns={faceColumns(now)} rows={faces} keyOf={faceKey} />
      )}
    </section>
  );
}

function linkColumns(now: number): Column<Link>[] {
  return [
    {
      label: 'Record',
      cell: ({ to, url }) =>
        url ? <PageLink href={url}>{shortId(to)}</PageLink> : <code title={to}>{shortId(to)}</code>,
    },
    { label: 'Source', cell: ({ source }) => source },
    { label: 'Rule', wide: true, cell: ({ rule }) => rule },
    { label: 'Since', cell: ({ at }) => <RelativeTime at={at} now={now} /> },
  ];
}

function faceColumns(now: number): Column<Face>[] {
  return [
    { label: 'Source', cell: ({ source }) => source },
    { label: 'Page', cell: ({ page_url }) => page_url && <PageLink href={page_url} /> },
    { label: 'Image', cell: ({ image_url }) => image_url && <PageLink href={image_url}>original</PageLink> },
    { label: 'Rule', wide: true, cell: ({ rule }) => rule },
    {
      label: 'Distance',
      numeric: true,
      cell: ({ distance }) => (distance === null ? <span class="muted">–</span> : distance.toFixed(3)),
    },
    { label: 'Taken', cell: ({ at }) => <RelativeTime at={at} now={now} /> },
  ];
}

function linkKey({ to, source, rule }: Link): string {
  return [to, source, rule].join(' ');
}

function faceKey({ source, page_url, image_url, at, distance }: Face): string {
  return [source, page_url, image_url, at, distance].join(' ');
}
