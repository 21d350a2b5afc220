import { describe, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import { SchedulesModel } from './lists.ts';
import { ScheduleFormModel } from './ScheduleFormModel.ts';

async function openForm() {
  const made = fakeDashboard('finished');
  const { connection } = made.dashboard;
  const schedules = new SchedulesModel(connection, made.browser);
  const model = new ScheduleFormModel(connection, made.browser, schedules, null);
  await made.browser.pass(0);
  const days = () => model.next.value?.map((at) => at.slice(0, 10));
  return { ...made, schedules, model, days };
}

describe('the form of a schedule', () => {
  it('shows when it would come, once somebody has stopped typing', async () => {
    const { browser, model, days } = await openForm();
    await browser.pass(299);
    expect(days()).toBeUndefined();
    await browser.pass(1);
    expect(days()).toHaveLength(5);
    model.set({ cron: '0 3 * * S' });
    model.set({ cron: '0 3 * * SUN', timeZone: 'UTC' });
    await browser.pass(300);
    expect(days()?.slice(0, 2)).toEqual(['2026-11-29', '2026-12-06']);
    expect(model.fieldErrors.value).toEqual({});
  });

  it('says at its fields what cannot be read, and takes it back when it can', async () => {
    const { browser, model, days } = await openForm();
    model.set({ cron: '0 25 * * *', timeZone: 'Mars/Phobos' });
    await browser.pass(300);
    expect(Object.keys(model.fieldErrors.value).sort()).toEqual(['cron', 'time_zone']);
    expect([days(), model.isRefused.value]).toEqual([undefined, false]);
    model.set({ cron: '0 2 * * *', timeZone: 'UTC' });
    await browser.pass(300);
    expect(model.fieldErrors.value).toEqual({});
    expect(days()).toHaveLength(5);
  });

  it('is not sent with errors that it knows, and names those that the control plane finds', async () => {
    const { world, model } = await openForm();
    model.set({ cron: 'often' });
    expect(await model.submit()).toBeUndefined();
    expect(model.fieldErrors.value).toEqual({ name: 'Give it a name.' });
    model.set({ name: 'Nightly' });
    expect(await model.submit()).toBeUndefined();
    expect([Object.keys(model.fieldErrors.value), model.isRefused.value]).toEqual([['cron'], true]);
    expect(world.schedules).toHaveLength(3);
  });
});
