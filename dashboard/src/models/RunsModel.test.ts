import { describe, expect, it } from 'vitest';
import { advance } from '../../testing/fake/advance.ts';
import { fakeWorkspace } from '../../testing/fake/fake-dashboard.ts';
import { describeFailure } from '../derive/failure.ts';
import { BuildFormModel } from './BuildFormModel.ts';

describe('the runs', () => {
  it('show progress within a second while one is active', async () => {
    const { browser, world, workspace } = fakeWorkspace('running');
    await browser.pass(0);
    const before = workspace.runs.active.value?.performers_processed ?? 0;
    advance(world);
    await browser.pass(1_000);
    expect(workspace.runs.active.value?.performers_processed).toBeGreaterThan(before);
  });

  it('show a stop at once, with its reason', async () => {
    const { browser, workspace } = fakeWorkspace('running');
    await browser.pass(0);
    await workspace.runs.stop.go(workspace.runs.active.value?.id ?? 0, 'wrong sources');
    expect(workspace.runs.active.value).toMatchObject({ status: 'stopping', reason: 'wrong sources' });
  });

  it('let a queued run leave the line and the active one go on', async () => {
    const { browser, workspace } = fakeWorkspace('running');
    await browser.pass(0);
    const active = workspace.runs.active.value?.id;
    const form = new BuildFormModel(workspace.runs, workspace.sources);
    form.set({ queue: true, sources: ['stashdb'] });
    const queued = (await form.submit()) ?? 0;
    await workspace.runs.stop.go(queued, '');
    expect(workspace.runs.runs.value?.find(({ id }) => id === queued)?.status).toBe('cancelled');
    expect(workspace.runs.active.value).toMatchObject({ id: active, status: 'running' });
  });

  it('say why a stop was refused', async () => {
    const { browser, workspace } = fakeWorkspace('finished');
    await browser.pass(0);
    expect(await workspace.runs.stop.go(1, '')).toBeUndefined();
    expect(describeFailure(workspace.runs.stop.error.value).title).toBe('Nothing is running');
  });
});

describe('the build form', () => {
  async function openForm(scenario: 'running' | 'finished') {
    const made = fakeWorkspace(scenario);
    await made.browser.pass(0);
    return { ...made, form: new BuildFormModel(made.workspace.runs, made.workspace.sources) };
  }

  it('begins with what the configuration enables, and then leaves the ticks to the person', async () => {
    const { browser, world, form } = await openForm('finished');
    expect(form.form.value.sources).toEqual(['stashdb', 'theporndb', 'fansdb', 'freeones', 'thenude']);
    form.toggle('fansdb', false);
    world.revisions.push({
      created_at: '',
      actor: '',
      changed: [],
      document: { sources: { iafd: { enabled: true } } },
    });
    await browser.pass(10_000);
    expect(form.form.value.sources).toEqual(['stashdb', 'theporndb', 'freeones', 'thenude']);
  });

  it('starts a run, and queues it while another is active', async () => {
    const idle = await openForm('finished');
    expect(await idle.form.submit()).toBe(42);
    expect(idle.world.runs[0]).toMatchObject({ id: 42, params: { max_faces_total: 12 } });

    const busy = await openForm('running');
    expect(await busy.form.submit()).toBe(43);
  });

  it('starts one run however often it is asked for while answers are lost, and another one when that is wanted', async () => {
    const { browser, world, form } = await openForm('finished');
    world.dropsResponses = true;
    expect(await form.submit()).toBeUndefined();
    world.dropsResponses = false;
    await browser.pass(10_000);
    expect(await form.submit()).toBe(42);
    expect(world.runs[0]?.id).toBe(42);
    expect(await form.submit()).toBe(43);
  });

  it('shows the refusal when the person does not want to wait', async () => {
    const { workspace, form } = await openForm('running');
    form.set({ queue: false });
    expect(await form.submit()).toBeUndefined();
    expect(describeFailure(workspace.runs.start.error.value).title).toBe('A run is active already');
  });

  it('sends nothing while a field is wrong, and says which', async () => {
    const { world, form } = await openForm('finished');
    form.set({ maxFacesTotal: '0' });
    expect(await form.submit()).toBeUndefined();
    expect(form.fieldErrors.value).toEqual({ max_faces_total: 'A whole number from 1 to 500.' });
    expect(world.runs[0]?.id).toBe(41);
  });
});
