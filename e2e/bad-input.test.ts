import { describe, expect, it } from 'vitest';
import { graphqlErrors, hangUp, htmlPage, tooManyRequests } from '../runner/testing/stash-box/failures.ts';
import { openTrainer } from './trainer.ts';

describe('a stash-box that misbehaves during a build', () => {
  it.concurrent('costs a few more requests as long as it comes to its senses, and the build ends as ever', async () => {
    await using trainer = await openTrainer({ people: 4 });
    const { box } = trainer;
    box.failNext(htmlPage(502), 1, 'graphql');
    box.failNext(graphqlErrors('pq: canceling statement due to statement timeout'), 1, 'graphql');
    box.failNext(hangUp, 1, 'images');
    box.failNext(htmlPage(503, { 'Retry-After': '1' }), 1, 'images');
    box.failNext(tooManyRequests(1), 1, 'images');
    expect(await trainer.build(), trainer.explain()).toMatchObject({
      status: 'completed',
      performers: 4,
      faces: 24,
    });
  });

  it.concurrent('fails the source with its reason when it stays so, and what was stored is published and kept', async () => {
    await using trainer = await openTrainer({ people: 4 });
    const first = await trainer.build();
    expect(first).toMatchObject({ status: 'completed', performers: 4 });
    trainer.box.failNext(graphqlErrors('not authorized'), 1_000, 'graphql');
    const second = await trainer.build({ full: true });
    expect(second.tasks[0]).toMatchObject({ kind: 'ingest', status: 'failed' });
    expect(second.tasks[0]?.reason).toContain('not authorized');
    expect(second).toMatchObject({ status: 'failed', version: null });
    expect(await trainer.call('GET /api/versions')).toMatchObject([{ version: first.version, faces: 24 }]);
  });
});
