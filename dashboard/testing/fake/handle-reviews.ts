import type { Decision, Review } from '@trainer/contract/reviews';
import type { RequestOf } from '@trainer/contract/routes';
import { refuse } from './refusal.ts';
import type { World } from './world.ts';

export function listReviews(world: World, { query }: RequestOf<'GET /api/reviews'>): Review[] {
  const { status = 'open', kind, limit = 50, before } = query;
  return world.reviews
    .filter((review) => review.status === status && (!kind || review.kind === kind))
    .filter(({ id }) => before === undefined || id < Number(before))
    .sort((a, b) => b.id - a.id)
    .slice(0, Number(limit));
}

export function decideReview(world: World, id: number, decision: Decision): Review {
  const review = findReview(world, id);
  if (review.status === 'closed')
    refuse('review_closed', `Review ${id} is closed: there is nothing to decide.`);
  const at = new Date(world.now()).toISOString();
  const actor = world.session?.name ?? 'owner';
  return Object.assign(review, {
    status: 'decided',
    decision: { decision, actor, at, applied_run_id: null },
  } as const);
}

export function undoDecision(world: World, id: number): Review {
  const review = findReview(world, id);
  if (review.status !== 'decided') return review;
  return Object.assign(review, { status: 'open', decision: null } as const);
}

function findReview(world: World, id: number): Review {
  return world.reviews.find((review) => review.id === id) ?? refuse('not_found', `There is no review ${id}.`);
}
