import type { Review } from '@trainer/contract/reviews';
import { idWords } from '../../derive/page-words.ts';
import { Name } from '../../parts/Name.tsx';
import { PageLink } from '../../parts/PageLink.tsx';

/** The performers concerned, side by side, each with the way to its pages and to why it is in the catalog. */
export function Concerned({ performers }: Pick<Review, 'performers'>) {
  if (performers.length === 0) return null;
  return (
    <ul class="concerned plain">
      {performers.map(({ name, ids, pages }, index) => (
        // Two performers may well have the same name; their order does not change.
        <li key={index}>
          <p class="concerned-name">
            <Name>{name}</Name>
          </p>
          {ids.map((id) => (
            <p key={id}>
              <code title={id}>{idWords(id)}</code>{' '}
              <a href={`/explain#about=${encodeURIComponent(id)}`}>Why here?</a>
            </p>
          ))}
          {pages.map((page) => (
            <p key={page}>
              <PageLink href={page} />
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** What speaks for and against, row by row. */
export function Evidence({ evidence, distance }: Pick<Review, 'evidence' | 'distance'>) {
  return (
    <dl class="evidence">
      {evidence.map(({ label, value, url }) => (
        <div key={`${label} ${value}`}>
          <dt>{label}</dt>
          <dd>{url ? <PageLink href={url}>{value}</PageLink> : value}</dd>
        </div>
      ))}
      {distance !== null && (
        <div>
          <dt>Distance of the faces</dt>
          <dd>
            {distance.toFixed(3)} <span class="muted">(0 is the same picture, 1 has nothing in common)</span>
          </dd>
        </div>
      )}
    </dl>
  );
}
