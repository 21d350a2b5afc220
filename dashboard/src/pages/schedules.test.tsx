import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import type { Scenario, World } from '../../testing/fake/world.ts';
import { App } from '../app.tsx';

// The page is fetched when it is first opened; here it is there already.
beforeAll(() => import('./schedules/SchedulesPage.tsx'));
afterEach(cleanup);

async function open(scenario: Scenario = 'finished', change: Partial<World> = {}) {
  history.replaceState(null, '', '/schedules');
  const made = fakeDashboard(scenario, change);
  render(<App dashboard={made.dashboard} />);
  for (let step = 0; step < 3; step += 1) await made.browser.pass(100);
  return made;
}

const row = (name: string) => {
  const head = screen.getAllByRole('rowheader').find((each) => each.textContent?.startsWith(name));
  return within(head?.closest('tr') ?? document.body);
};

describe('the schedules page', () => {
  it('shows when each comes next and what became of the last time', async () => {
    await open();
    const nightly = row('Nightly');
    expect(nightly.getByText('0 3 * * *')).toBeTruthy();
    expect(nightly.getByText('in 14 hours').getAttribute('datetime')).toBe('2026-11-23T02:00:00.000Z');
    expect(nightly.getByText('started run 41').getAttribute('href')).toBe('/runs/41');
    const monthly = row('Everything, monthly');
    expect(monthly.getByText('skipped: run 37 was still running')).toBeTruthy();
    expect(monthly.getByText('StashDB, FansDB and TheNude; full rescan')).toBeTruthy();
    expect(row('Metadata on Sundays').getByText('off')).toBeTruthy();
  });

  it('switches one on and off in place', async () => {
    const { browser, world } = await open();
    fireEvent.click(screen.getByLabelText('Metadata on Sundays is on'));
    await browser.pass(0);
    expect(world.schedules[2]).toMatchObject({ enabled: true, params: { enable_faces: false } });
    expect(row('Metadata on Sundays').queryByText('off')).toBeNull();
  });

  it('makes one, with the times that it will come before it is saved', async () => {
    const { browser, world } = await open();
    fireEvent.click(screen.getByText('New schedule'));
    await browser.pass(0);
    fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'Weekly' } });
    fireEvent.click(screen.getByText('every Sunday'));
    await browser.pass(300);
    expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent?.slice(0, 10))).toEqual([
      'Sun 29 Nov',
      'Sun 6 Dec,',
      'Sun 13 Dec',
      'Sun 20 Dec',
      'Sun 27 Dec',
    ]);
    fireEvent.click(screen.getByLabelText('Run once afterwards'));
    await browser.pass(0);
    fireEvent.click(screen.getByText('Create schedule'));
    await browser.pass(0);
    expect(world.schedules.at(-1)).toMatchObject({ name: 'Weekly', cron: '0 3 * * SUN', missed: 'run_once' });
    expect(row('Weekly').getByText('never')).toBeTruthy();
  });

  it('puts what is wrong at its field', async () => {
    const { browser, world } = await open();
    fireEvent.click(screen.getByLabelText('Edit Nightly'));
    await browser.pass(0);
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Nightly');
    fireEvent.input(screen.getByLabelText('Cron expression'), { target: { value: '0 25 * * *' } });
    await browser.pass(300);
    const field = screen.getByLabelText('Cron expression');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    const said = field.getAttribute('aria-describedby')?.split(' ').at(-1) ?? '';
    expect(document.getElementById(said)?.textContent).toBe('"0 25 * * *" cannot be read');
    fireEvent.click(screen.getByText('Cancel'));
    await browser.pass(0);
    expect(world.schedules[0]?.cron).toBe('0 3 * * *');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Schedules');
  });

  it('asks before it deletes one', async () => {
    const { browser, world } = await open();
    fireEvent.click(screen.getByLabelText('Delete Nightly'));
    await browser.pass(0);
    expect(world.schedules).toHaveLength(3);
    fireEvent.click(screen.getByRole('button', { name: 'Delete it' }));
    await browser.pass(0);
    expect(world.schedules.map(({ id }) => id)).toEqual([2, 3]);
  });

  it('says on an empty system what would be here', async () => {
    await open('empty');
    expect(screen.getByText('No schedules.')).toBeTruthy();
  });

  it('lets a reader look, and change nothing', async () => {
    await open('finished', { session: { name: 'grafana', scope: 'read', expires_at: null } });
    expect(row('Nightly').getByText('started run 41')).toBeTruthy();
    expect(screen.queryByText('New schedule')).toBeNull();
    expect(screen.queryByLabelText('Edit Nightly')).toBeNull();
    expect(screen.getByLabelText('Nightly is on').hasAttribute('disabled')).toBe(true);
  });
});
