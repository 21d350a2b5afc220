import { type Moment, moments } from './breakable-proxy.ts';

/** What has `skipped` comes after `skipped` requests that go well. */
type Kind =
  | { what: 'the Worker killed' }
  | { what: 'the hub ended' }
  | { what: 'nobody there for 30 s' }
  | { what: 'the connection to the database cut'; moment: Moment; skipped: number }
  | { what: 'a connection to the Worker cut'; moment: Moment; skipped: number }
  | { what: 'R2 failing'; moment: 'before' | 'after'; skipped: number };

/** `waitMs` after the one before it. */
export type Disturbance = Kind & { waitMs: number };

type Random = () => number;

/** Their shares. A restart takes a second or two, so it is not the most frequent one. */
const shares: { share: number; make: (random: Random) => Kind }[] = [
  { share: 0.01, make: () => ({ what: 'nobody there for 30 s' }) },
  { share: 0.14, make: () => ({ what: 'the Worker killed' }) },
  { share: 0.06, make: () => ({ what: 'the hub ended' }) },
  {
    share: 0.33,
    make: (random) => ({
      what: 'the connection to the database cut',
      moment: oneOf(moments, random),
      skipped: upTo(25, random),
    }),
  },
  {
    share: 0.23,
    make: (random) => ({
      what: 'a connection to the Worker cut',
      moment: oneOf(moments, random),
      skipped: upTo(8, random),
    }),
  },
  {
    share: 0.23,
    make: (random) => ({
      what: 'R2 failing',
      moment: oneOf(['before', 'after'] as const, random),
      skipped: upTo(5, random),
    }),
  },
];

/** Several within the life of a task, and time in between to get on, ms. */
const LONGEST_WAIT_MS = 400;

/** As many disturbances, of every kind its share, in an order and at moments of chance. */
export function planDisturbances(count: number, random: Random): Disturbance[] {
  const kinds = shares.flatMap(({ share, make }, index) => {
    const before = shares.slice(0, index).reduce((sum, each) => sum + each.share, 0);
    const from = Math.round(before * count);
    const to = Math.round((before + share) * count);
    return Array.from({ length: to - from }, () => make(random));
  });
  return kinds
    .map((kind) => ({ kind, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }) => ({ ...kind, waitMs: Math.round(random() * LONGEST_WAIT_MS) }));
}

function upTo(most: number, random: Random): number {
  return Math.floor(random() * (most + 1));
}

function oneOf<T>(choices: readonly T[], random: Random): T {
  const chosen = choices[upTo(choices.length - 1, random)];
  if (chosen === undefined) throw new Error('There is nothing to choose from');
  return chosen;
}
