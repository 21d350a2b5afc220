import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { configSchema } from '@trainer/contract/config';
import { expect, it } from 'vitest';
import { openTrainer } from '../trainer.ts';

// A later release was tried and taken back: its field stays in the database, and the control plane hands it on with every lease.
it('completes a run whose configuration has one more field, and keeps the field', async () => {
  await using trainer = await openTrainer({ people: 2 });
  const { call, controlPlaneDir } = trainer;
  const { revision: _, ...before } = await call('GET /api/config');
  const input = JSON.stringify({
    ...before,
    faces: { ...before.faces, max_blur: 0.5 },
    tidy_up: { nightly: true },
  });
  using database = new DatabaseSync(join(controlPlaneDir, 'control-plane.db'));
  database.prepare('UPDATE config_revisions SET input = ? WHERE revision = 1').run(input);

  const run = await trainer.build();
  expect(run, trainer.explain()).toMatchObject({ status: 'completed', performers: 2 });
  expect(run.tasks.map(({ attempts }) => attempts)).toEqual([1, 1]);

  const { revision, ...config } = await call('GET /api/config');
  const body = { ...configSchema.parse(config), user_agent: 'me' };
  await call('PUT /api/config', { headers: { 'if-match': `"${revision}"` }, body });
  expect(await call('GET /api/config')).toMatchObject({
    revision: 2,
    user_agent: 'me',
    faces: { max_blur: 0.5 },
    tidy_up: { nightly: true },
  });
  expect((await fetch(`${trainer.url}/readyz`)).status).toBe(200);
});
