import type { ExplainedPerformer } from '@trainer/contract/questions';
import { idWords } from '../../derive/address-text.ts';
import { Moment, Name, PageLink } from '../../parts/inline.tsx';
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
          <Name>{name}</Name>
        </h2>
        <p class="chips">
          {ids.map((id) => (
            <code key={id} title={id}>
              {idWords(id)}
            </code>
          ))}
        </p>
      </header>
      <h3>Why these are one performer</h3>
      {links.length === 0 ? (
        <p class="muted">A single record, linked to no other.</p>
      ) : (
        <Table caption={`Links of ${name}`} columns={linkColumns(now)} rows={links} keyOf={linkKey} />
      )}
      <h3>Why each face is here</h3>
      {faces.length === 0 ? (
        <EmptyState title="No face.">Without one, the performer is in no face index of a version.</EmptyState>
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
        url ? <PageLink href={url}>{idWords(to)}</PageLink> : <code title={to}>{idWords(to)}</code>,
    },
    { label: 'Source', cell: ({ source }) => source },
    { label: 'Rule', wide: true, cell: ({ rule }) => rule },
    { label: 'Since', cell: ({ at }) => <Moment at={at} now={now} /> },
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
    { label: 'Taken', cell: ({ at }) => <Moment at={at} now={now} /> },
  ];
}

function linkKey({ to, source, rule }: Link): string {
  return [to, source, rule].join(' ');
}

function faceKey({ source, page_url, image_url, at, distance }: Face): string {
  return [source, page_url, image_url, at, distance].join(' ');
}
