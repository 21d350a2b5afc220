import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact';
import { afterEach, describe, expect, it } from 'vitest';
import { advance } from '../../testing/fake/advance.ts';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import type { Scenario, World } from '../../testing/fake/world.ts';
import { App } from '../app.tsx';

/** Opens the dashboard at an address, as a person would. */
async function open(path: string, scenario: Scenario, change: Partial<World> = {}) {
  history.replaceState(null, '', path);
  const made = fakeDashboard(scenario, change);
  render(<App dashboard={made.dashboard} />);
  await made.browser.pass(0);
  await made.browser.pass(200);
  return made;
}

afterEach(cleanup);

describe('the dashboard page', () => {
  it('says what to do on an empty system', async () => {
    await open('/', 'empty');
    expect(screen.getByText('Nothing has been built yet.')).toBeTruthy();
    expect(screen.getByText('No runner is online')).toBeTruthy();
    expect(screen.getByText('Select sources and start the first run').getAttribute('href')).toBe('/build');
  });

  it('shows an active run source by source, and moves without a reload', async () => {
    const { browser, world } = await open('/', 'running');
    const hero = within(screen.getByRole('region', { name: 'Run 42' }));
    expect(hero.getByText('FansDB')).toBeTruthy();
    expect(hero.getByText(/refused the API key \(401\)/)).toBeTruthy();
    expect(hero.getByText('18,720').parentElement?.textContent).toBe('18,720 of at least 46,162 performers');
    advance(world);
    await browser.pass(1_000);
    expect(hero.getByText('18,748')).toBeTruthy();
  });

  it('shows the free slots of a runner as soon as a task has ended', async () => {
    const { browser, world } = await open('/', 'running');
    expect(screen.getByText(/2 free slots/)).toBeTruthy();
    const [runner] = world.runners;
    const task = world.runs[0]?.tasks.find(({ status }) => status === 'leased');
    if (!runner || !task) throw new Error('the fake world has nobody at work');
    task.status = 'done';
    runner.free_slots = 3;
    await browser.pass(1_000);
    expect(screen.getByText(/3 free slots/)).toBeTruthy();
  });

  it('says how often and why a runner was started again', async () => {
    const { browser, world } = await open('/', 'finished');
    expect(screen.queryByText(/Restarted/)).toBeNull();
    const [runner] = world.runners;
    if (!runner) throw new Error('the fake world has no runner');
    const last_at = new Date(world.now()).toISOString();
    runner.restarts = { count: 2, last_at, reason: 'was ended by SIGKILL' };
    await browser.pass(5_000);
    const said = screen.getByText(/Restarted/).textContent;
    expect(said).toMatch(/^Restarted 2 times, last .+, because it was ended by SIGKILL$/);
  });

  it('says that disks are full, the control plane’s and a runner’s', async () => {
    const { browser, world } = await open('/', 'running', {
      warnings: ['The disk of /data has 20 MB free: make room there.'],
    });
    expect(screen.getByText('The disk of /data has 20 MB free: make room there.')).toBeTruthy();
    const [runner] = world.runners;
    if (!runner) throw new Error('The world has no runner');
    world.runners = [{ ...runner, free_slots: 0, paused: 'The disk of the attic has 3 MB free' }];
    await browser.pass(60_000);
    expect(screen.getByText('Accepts no work')).toBeTruthy();
    expect(screen.getByText('The disk of the attic has 3 MB free.')).toBeTruthy();
  });

  it('asks before it stops a run', async () => {
    const { browser, world } = await open('/', 'running');
    fireEvent.click(screen.getByText('Stop…'));
    await browser.pass(0);
    fireEvent.input(screen.getByLabelText('Reason (optional)'), { target: { value: 'wrong sources' } });
    await browser.pass(0);
    expect(world.runs[0]?.status).toBe('running');
    fireEvent.click(screen.getByRole('button', { name: 'Stop run 42' }));
    await browser.pass(0);
    expect(world.runs[0]).toMatchObject({ status: 'stopping', reason: 'wrong sources' });
  });

  it('keeps what it knows while nobody answers, and says so', async () => {
    const { browser, world } = await open('/', 'running');
    world.offline = true;
    await browser.pass(1_000);
    expect(screen.getByText(/No answer from the control plane since/)).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Run 42' })).toBeTruthy();
    world.offline = false;
    await browser.pass(6_000);
    expect(screen.queryByText(/No answer from the control plane since/)).toBeNull();
  });
});

describe('the other pages', () => {
  it('show a failed run with the reason of each task', async () => {
    await open('/runs/42', 'failed');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Run 42');
    expect(screen.getByText(/It published nothing. No source succeeded/)).toBeTruthy();
    expect(screen.getByText(/check STASHDB_API_KEY on the runner/)).toBeTruthy();
    expect(screen.getByRole('log').textContent).toContain('committed 50 performers');
  });

  it('put the errors of the build form at their fields', async () => {
    const { browser } = await open('/build', 'finished');
    fireEvent.input(screen.getByLabelText('Faces in total'), { target: { value: '0' } });
    fireEvent.click(screen.getByText('Start the run'));
    await browser.pass(0);
    const field = screen.getByLabelText('Faces in total');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    const said = field.getAttribute('aria-describedby') ?? '';
    expect(document.getElementById(said)?.textContent).toBe('A whole number from 1 to 500.');
  });

  it('say on the build form what a folder holds, before anything is started', async () => {
    await open('/build', 'finished');
    expect(screen.getByText('available: 12 performers, 340 photos')).toBeTruthy();
  });

  it('let a person choose when somebody else saved the configuration', async () => {
    const { browser, world } = await open('/config', 'finished');
    fireEvent.input(await screen.findByLabelText(/^Versions kept/), { target: { value: '3' } });
    world.revisions.push({
      created_at: '2026-11-22T12:00:00Z',
      actor: 'mika',
      changed: [],
      document: { retention: { versions: 2 } },
    });
    await browser.pass(6_000);
    expect(screen.getByText('Another user saved revision 4 while you were editing')).toBeTruthy();
    fireEvent.click(screen.getByText('Apply my changes to the new revision'));
    await browser.pass(0);
    fireEvent.click(screen.getByText('Save as a new revision'));
    await browser.pass(0);
    expect(world.revisions).toHaveLength(5);
  });

  it('show a new token once', async () => {
    const { browser } = await open('/tokens', 'finished');
    fireEvent.input(await screen.findByLabelText('Name'), { target: { value: 'tower 2' } });
    await browser.pass(0);
    fireEvent.click(screen.getByText('Create token'));
    await browser.pass(0);
    expect(screen.getByText('sst_9f3kQ2vX7mB4nT8wLz5rYc1dHs6gJp0a')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Copy (the token)' }));
    await browser.pass(0);
    expect(browser.copied).toEqual(['sst_9f3kQ2vX7mB4nT8wLz5rYc1dHs6gJp0a']);
    fireEvent.click(screen.getByText('I have saved it'));
    await browser.pass(0);
    expect(screen.queryByText('sst_9f3kQ2vX7mB4nT8wLz5rYc1dHs6gJp0a')).toBeNull();
  });

  it('list versions with their warnings and hashes', async () => {
    await open('/versions', 'finished');
    const newest = within(screen.getByRole('region', { name: 'Version 2026.11.21' }));
    expect(newest.getByText(/freeones failed in this run/)).toBeTruthy();
    expect(newest.getByText('performers.db').getAttribute('href')).toBe(
      '/api/versions/2026.11.21/artifacts/performers.db',
    );
  });

  it('hide from a reader what a reader may not do', async () => {
    await open('/', 'running', { session: { name: 'grafana', scope: 'read', expires_at: null } });
    expect(screen.getByRole('region', { name: 'Run 42' })).toBeTruthy();
    expect(screen.queryByText('Stop…')).toBeNull();
    expect(screen.queryByRole('link', { name: 'Tokens' })).toBeNull();
  });

  it('ask to sign in, and go on from there', async () => {
    const made = await open('/login', 'finished', { session: null });
    fireEvent.input(screen.getByLabelText('Token'), { target: { value: 'sst_secret' } });
    await made.browser.pass(0);
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await made.browser.pass(0);
    await made.browser.pass(100);
    expect(location.pathname).toBe('/');
    expect(screen.getByText('Nothing is running')).toBeTruthy();
  });
});
