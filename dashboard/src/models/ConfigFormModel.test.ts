import { describe, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import { ConfigFormModel } from './ConfigFormModel.ts';

async function openForm() {
  const made = fakeDashboard('finished');
  const form = new ConfigFormModel(made.dashboard.connection, made.browser);
  await made.browser.pass(0);
  const saveElsewhere = (document: object) =>
    made.world.revisions.push({ created_at: '2026-11-22T12:00:00Z', actor: 'mika', changed: [], document });
  return { ...made, form, saveElsewhere };
}

describe('the configuration form', () => {
  it('saves a revision that holds only what differs from the defaults', async () => {
    const { world, form } = await openForm();
    form.set('faces.min_face_px', 80);
    form.set('retention.versions', 3);
    expect(form.unsaved.value.sort()).toEqual(['faces.min_face_px', 'retention.versions']);
    await form.save.go();
    expect(form.base.value?.revision).toBe(4);
    expect(form.unsaved.value).toEqual([]);
    expect(world.revisions.at(-1)?.document).toMatchObject({ retention: { versions: 3 } });
    expect(world.revisions.at(-1)?.document).not.toHaveProperty('faces');
  });

  it('follows what others save as long as nothing was edited here', async () => {
    const { browser, form, saveElsewhere } = await openForm();
    saveElsewhere({ retention: { versions: 2 } });
    await browser.pass(5_000);
    expect(form.values.value['retention.versions']).toBe(2);
    expect(form.conflict.value).toBeNull();
  });

  it('shows both sides when somebody else saved first, and can put ours on top', async () => {
    const { form, saveElsewhere, world } = await openForm();
    form.set('retention.versions', 3);
    form.set('retention.log_days', 7);
    const before = world.revisions.at(-1)?.document ?? {};
    saveElsewhere({ ...before, retention: { versions: 2, log_max_mb: 50 } });
    await form.save.go();
    expect(form.conflict.value).toEqual({
      revision: 4,
      rows: [
        { path: 'retention.versions', before: 10, theirs: 2, ours: 3 },
        { path: 'retention.log_max_mb', before: 200, theirs: 50, ours: undefined },
      ],
    });
    form.keepOurs();
    expect(form.conflict.value).toBeNull();
    await form.save.go();
    expect(world.revisions.at(-1)?.document).toMatchObject({
      retention: { versions: 3, log_days: 7, log_max_mb: 50 },
    });
  });

  it('can drop ours for theirs', async () => {
    const { browser, form, saveElsewhere } = await openForm();
    form.set('retention.versions', 3);
    saveElsewhere({ retention: { versions: 2 } });
    await browser.pass(5_000);
    form.takeTheirs();
    expect([form.values.value['retention.versions'], form.unsaved.value]).toEqual([2, []]);
  });

  it('shows a refused field at the field until it is changed', async () => {
    const { form } = await openForm();
    form.set('faces.min_face_px', 3);
    await form.save.go();
    expect(Object.keys(form.fieldErrors.value)).toEqual(['faces.min_face_px']);
    form.set('faces.min_face_px', 90);
    expect(form.fieldErrors.value).toEqual({});
  });

  it('puts an older revision into the form as edits, to be saved or not', async () => {
    const { dashboard, form } = await openForm();
    form.restore(
      await dashboard.connection.call('GET /api/config/revisions/{revision}', { params: { revision: 2 } }),
    );
    expect(form.unsaved.value).toEqual(['faces.min_face_px', 'sources.stashdb.rate_limit']);
  });
});
