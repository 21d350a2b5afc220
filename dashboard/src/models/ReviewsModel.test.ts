import { describe, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import { type ReviewFilter, ReviewsModel } from './ReviewsModel.ts';

async function openReviews(filter: Partial<ReviewFilter> = {}) {
  const made = fakeDashboard('finished');
  const model = new ReviewsModel(made.dashboard.connection, made.browser, {
    status: 'open',
    kind: null,
    ...filter,
  });
  await made.browser.pass(0);
  return { ...made, model, ids: () => model.reviews.value?.map(({ id }) => id) };
}

describe('the reviews', () => {
  it('keep a decided one in its place, also after the next look, so that it can be undone there', async () => {
    const { browser, world, model, ids } = await openReviews();
    const before = ids();
    expect(before).toEqual([9, 8, 7, 6, 5, 4]);
    expect(await model.decide(7, 'different')).toBe(true);
    await browser.pass(20_000);
    expect(ids()).toEqual(before);
    expect(model.reviews.value?.[2]).toMatchObject({
      status: 'decided',
      decision: { decision: 'different' },
    });
    await model.undo(7);
    expect(world.reviews.find(({ id }) => id === 7)).toMatchObject({ status: 'open', decision: null });
    expect(ids()).toEqual(before);
  });

  it('show those of one kind or status', async () => {
    expect((await openReviews({ kind: 'conflict' })).ids()).toEqual([9, 6]);
    expect((await openReviews({ status: 'decided' })).ids()).toEqual([2, 1]);
  });

  it('say at the review why a decision was refused, until it is tried again', async () => {
    const { world, model } = await openReviews();
    world.offline = true;
    expect(await model.decide(8, 'same')).toBe(false);
    expect([...model.failures.value.keys()]).toEqual([8]);
    world.offline = false;
    expect(await model.decide(8, 'same')).toBe(true);
    expect(model.failures.value.size).toBe(0);
  });

  it('are fetched page by page', async () => {
    const { browser, world, model, ids } = await openReviews();
    const [first] = world.reviews.filter(({ status }) => status === 'open');
    if (!first) throw new Error('There is no open review');
    world.reviews = Array.from({ length: 120 }, (_, index) => ({ ...first, id: index + 1 }));
    await browser.pass(5_000);
    expect([ids()?.length, model.hasMore.value]).toEqual([50, true]);
    await model.showMore();
    await model.showMore();
    expect([ids()?.length, ids()?.at(-1), model.hasMore.value]).toEqual([120, 1, false]);
  });
});
