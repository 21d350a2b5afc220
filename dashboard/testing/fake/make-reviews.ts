import { isNameIn } from '@trainer/contract/names';
import { type Review, reviewKinds } from '@trainer/contract/reviews';
import { ago, type World } from './world.ts';

type Draft = Pick<Review, 'kind' | 'summary' | 'performers' | 'evidence' | 'distance'>;

const drafts: Draft[] = [
  {
    kind: 'duplicate',
    summary: 'Mara Linden and Mara Lynden may be one performer',
    performers: [
      {
        name: 'Mara Linden',
        ids: ['stashdb.org:5a0c71d2-6c11-4c0e-9d7a-1f0b6f1f20e1'],
        pages: ['https://stashdb.org/performers/5a0c71d2-6c11-4c0e-9d7a-1f0b6f1f20e1'],
      },
      {
        name: 'Mara Lynden',
        ids: ['theporndb.net:118204'],
        pages: ['https://theporndb.net/performers/mara-lynden', 'https://social.example.org/maralynden'],
      },
    ],
    evidence: [
      {
        label: 'Same address',
        value: 'both give social.example.org/maralynden',
        url: 'https://social.example.org/maralynden',
      },
      { label: 'Birth date', value: '1994-03-11 at StashDB, 1994 at ThePornDB', url: null },
      { label: 'Country', value: 'DE at both', url: null },
    ],
    distance: 0.284,
  },
  {
    kind: 'doubtful_face',
    summary: 'A face from FreeOnes is nearer to Tess Arden than to Ilse Brandt',
    performers: [
      { name: 'Ilse Brandt', ids: ['stashdb.org:9b174ac0-77d5-4a6e-8d8d-0f4c5dfe9d40'], pages: [] },
      { name: 'Tess Arden', ids: ['stashdb.org:33cd1187-0d3c-4b6e-b0f2-7c6b23e48f21'], pages: [] },
    ],
    evidence: [
      {
        label: 'Found on',
        value: 'www.freeones.example/ilse-brandt/photos',
        url: 'https://www.freeones.example/ilse-brandt/photos',
      },
      { label: 'Distance to Ilse Brandt', value: '0.62 to the nearest of 4 faces', url: null },
      { label: 'Distance to Tess Arden', value: '0.31 to the nearest of 6 faces', url: null },
    ],
    distance: 0.62,
  },
  {
    kind: 'conflict',
    summary: 'Two performers of StashDB give the same address',
    performers: [
      { name: 'Nora Vale', ids: ['stashdb.org:0f7a4c9e-3d62-4cf1-9a56-1c8f2d7be5a3'], pages: [] },
      { name: 'Nora V.', ids: ['stashdb.org:e2b9d6f4-51a8-4d0b-8a3f-6ad0c6b7f112'], pages: [] },
    ],
    evidence: [
      {
        label: 'Shared address',
        value: 'www.iafd.example/person.rme/id=7d2e',
        url: 'https://www.iafd.example/person.rme/id=7d2e',
      },
      { label: 'Birth date', value: '1988-07-02 against 1996-01-19', url: null },
    ],
    distance: null,
  },
];

/** Reviews of each kind and status. */
export function makeReviews(world: Pick<World, 'now'>): Review[] {
  return Array.from({ length: 9 }, (_, index) => makeReview(world, index + 1));
}

function makeReview(world: Pick<World, 'now'>, id: number): Review {
  const draft = drafts[(id - 1) % drafts.length] ?? drafts[0];
  if (!draft) throw new Error('There are no drafts');
  const status = id <= 2 ? 'decided' : id === 3 ? 'closed' : 'open';
  const decided = { decision: 'same', actor: 'owner', at: ago(world, 2_000) } as const;
  return {
    ...draft,
    id,
    key: `${draft.kind}:${id}`,
    found_at: ago(world, 1_490 + id),
    status,
    choices: [...(isNameIn(reviewKinds, draft.kind) ? reviewKinds[draft.kind].decisions : [])],
    catalog_id: 'catalog-9a41',
    run_id: 41,
    closed_at: status === 'closed' ? ago(world, 1_440) : null,
    decision: status === 'decided' ? { ...decided, applied_run_id: id === 1 ? 41 : null } : null,
  };
}
