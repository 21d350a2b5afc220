import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import type { Scenario, World } from '../../testing/fake/world.ts';
import { App } from '../app.tsx';

// These pages are fetched when they are first opened; here they are there already.
beforeAll(() =>
  Promise.all([
    import('./reviews/ReviewsPage.tsx'),
    import('./explain/ExplainPage.tsx'),
    import('./exclusions/ExclusionsPage.tsx'),
  ]),
);
afterEach(cleanup);

async function open(path: string, scenario: Scenario = 'finished', change: Partial<World> = {}) {
  history.replaceState(null, '', path);
  const made = fakeDashboard(scenario, change);
  render(<App dashboard={made.dashboard} />);
  for (let step = 0; step < 3; step += 1) await made.browser.pass(100);
  return made;
}

const reader = { session: { name: 'grafana', scope: 'read', expires_at: null } } as const;

describe('the reviews page', () => {
  const card = (name: string) => within(screen.getAllByRole('article', { name })[0] ?? document.body);

  it('shows each review with its evidence, and says how to decide', async () => {
    await open('/reviews');
    expect(screen.getAllByRole('article')).toHaveLength(6);
    const duplicate = card('Mara Linden and Mara Lynden may be one performer');
    expect(duplicate.getByText('both give social.example.org/maralynden').getAttribute('rel')).toBe(
      'noreferrer',
    );
    expect(duplicate.getByText(/^0\.284/)).toBeTruthy();
    expect(duplicate.getByRole('button', { name: 'Same person S' })).toBeTruthy();
    expect(duplicate.queryByRole('button', { name: /Use neither/ })).toBeNull();
    expect(duplicate.getAllByText('Why here?')[0]?.getAttribute('href')).toBe(
      '/explain#about=stashdb.org%3A5a0c71d2-6c11-4c0e-9d7a-1f0b6f1f20e1',
    );
  });

  it('is decided by a click and undone in the same place', async () => {
    const { browser, world } = await open('/reviews');
    const duplicate = card('Mara Linden and Mara Lynden may be one performer');
    fireEvent.click(duplicate.getByRole('button', { name: 'Different people D' }));
    await browser.pass(0);
    expect(duplicate.getByText(/The next run applies it/).parentElement?.textContent).toMatch(
      /^Different people, decided by owner just now\./,
    );
    fireEvent.click(duplicate.getByRole('button', { name: 'Undo U' }));
    await browser.pass(0);
    expect(duplicate.getByRole('button', { name: 'Same person S' })).toBeTruthy();
    expect(world.reviews.filter(({ status }) => status === 'decided')).toHaveLength(2);
  });

  it('is decided by keys alone, card after card', async () => {
    const { browser, world } = await open('/reviews');
    const cards = screen.getAllByRole('article');
    const press = async (key: string) => {
      fireEvent.keyDown(document.activeElement ?? document.body, { key });
      await browser.pass(0);
    };
    cards[0]?.focus();
    await press('x');
    expect(document.activeElement).toBe(cards[0]);
    await press('d');
    expect(document.activeElement).toBe(cards[1]);
    await press('s');
    await press('k');
    await press('u');
    const decided = world.reviews.filter(({ status }) => status === 'decided').map(({ id }) => id);
    expect(decided.sort()).toEqual([1, 2, 9]);
  });

  it('filters by status and kind, and explains an empty list', async () => {
    const { browser } = await open('/reviews');
    fireEvent.click(screen.getByLabelText('Decided'));
    await browser.pass(0);
    expect(screen.getAllByRole('article')).toHaveLength(2);
    expect(screen.getByText('Applied in run 41.')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Kind'), { target: { value: 'conflict' } });
    await browser.pass(0);
    expect(screen.getByText('No decided reviews of this kind.')).toBeTruthy();
  });

  it('says on an empty system what would be here', async () => {
    await open('/reviews', 'empty');
    expect(screen.getByText('No open reviews.')).toBeTruthy();
    expect(screen.getByText(/when two performers may be the same/)).toBeTruthy();
  });

  it('lets a reader look, and decide nothing', async () => {
    await open('/reviews', 'finished', reader);
    expect(screen.getAllByRole('article')).toHaveLength(6);
    expect(screen.queryByRole('button', { name: /Same person/ })).toBeNull();
  });
});

describe('the explain page', () => {
  const ask = async (browser: { pass: (ms: number) => Promise<void> }, about: string) => {
    fireEvent.input(screen.getByLabelText('Id or name'), { target: { value: about } });
    await browser.pass(0);
    fireEvent.click(screen.getByText('Why is this here?'));
    await browser.pass(0);
  };

  it('says why each link and each face is here', async () => {
    const { browser } = await open('/explain');
    await ask(browser, 'Mara Linden');
    expect(screen.getByText('Asking the runner about “Mara Linden”…')).toBeTruthy();
    await browser.pass(2_000);
    const found = within(screen.getByRole('region', { name: 'Mara Linden' }));
    expect(found.getByText('both give the same profile, and more agrees')).toBeTruthy();
    expect(
      within(found.getByRole('table', { name: 'Faces of Mara Linden' })).getByText('0.241'),
    ).toBeTruthy();
  });

  it('says of somebody absent what was tried and why not', async () => {
    const { browser } = await open('/explain');
    await ask(browser, 'Nobody');
    await browser.pass(2_000);
    expect(screen.getByText('“Nobody” is not in the catalog')).toBeTruthy();
    expect(screen.getByText(/deleted at StashDB on 2026-09-30/)).toBeTruthy();
  });

  it('asks at once about whom the address names', async () => {
    const { browser, world } = await open('/explain#about=stashdb.org%3A5a0c');
    await browser.pass(2_000);
    expect(world.questions.map(({ about }) => about)).toEqual(['stashdb.org:5a0c']);
    expect(screen.getByText('“stashdb.org:5a0c” is not in the catalog')).toBeTruthy();
  });

  it('says that no runner is online, and offers to ask again', async () => {
    const { browser } = await open('/explain', 'empty');
    await ask(browser, 'Mara');
    expect(screen.getByText('No runner is online')).toBeTruthy();
    await browser.pass(61_000);
    expect(screen.getByText('No runner answered within a minute')).toBeTruthy();
    fireEvent.click(screen.getByText('Ask again'));
    await browser.pass(0);
    expect(screen.getByText('No runner is online')).toBeTruthy();
  });
});

describe('the exclusions page', () => {
  it('shows the receipts of those in force, and those that were taken back', async () => {
    await open('/exclusions');
    const inForce = within(screen.getByRole('table', { name: 'Exclusions in force, newest first' }));
    expect(inForce.getByText('Petra Halm, born 1991')).toBeTruthy();
    expect(inForce.getByText('waits for the next version')).toBeTruthy();
    expect(inForce.getByText('1 performer and 11 faces removed')).toBeTruthy();
    expect(inForce.getAllByText('2026.11.21')[0]?.getAttribute('href')).toBe('/versions#2026.11.21');
    expect(screen.getByText('1 exclusion revoked')).toBeTruthy();
  });

  it('takes the address of a performer for the id', async () => {
    const { browser, world } = await open('/exclusions');
    fireEvent.change(screen.getByLabelText('Stash-box'), { target: { value: 'fansdb' } });
    fireEvent.input(screen.getByLabelText('Performer'), {
      target: { value: 'https://fansdb.cc/performers/018f3a2b-0000-7000-8000-00000000abcd' },
    });
    await browser.pass(0);
    fireEvent.click(screen.getByText('Exclude'));
    await browser.pass(0);
    expect(world.exclusions[0]).toMatchObject({
      value: { endpoint: 'fansdb', id: '018f3a2b-0000-7000-8000-00000000abcd' },
    });
  });

  it('shows a mistake at its field, and forgives it when the field changes', async () => {
    const { browser } = await open('/exclusions');
    fireEvent.click(screen.getByLabelText('Name'));
    await browser.pass(0);
    fireEvent.input(screen.getByLabelText('Name or alias'), { target: { value: 'Ada' } });
    fireEvent.input(screen.getByLabelText('Year of birth'), { target: { value: '990' } });
    await browser.pass(0);
    fireEvent.submit(screen.getByText('Exclude').closest('form') ?? document.body);
    await browser.pass(0);
    expect(screen.getByLabelText('Year of birth').getAttribute('aria-invalid')).toBe('true');
    fireEvent.input(screen.getByLabelText('Year of birth'), { target: { value: '1990' } });
    await browser.pass(0);
    expect(screen.getByLabelText('Year of birth').getAttribute('aria-invalid')).toBeNull();
  });

  it('says how a face is excluded without its photo confirming the runner', async () => {
    const { browser } = await open('/exclusions');
    fireEvent.click(screen.getByLabelText('Face'));
    await browser.pass(0);
    expect(screen.getByText(/the photo must not leave it/)).toBeTruthy();
    expect(screen.queryByText('Exclude')).toBeNull();
  });

  it('asks before it takes one back', async () => {
    const { browser, world } = await open('/exclusions');
    fireEvent.click(screen.getByRole('button', { name: 'Revoke: Petra Halm, born 1991' }));
    await browser.pass(0);
    expect(world.exclusions[0]?.removed_at).toBeNull();
    fireEvent.click(screen.getByText('Revoke the exclusion'));
    await browser.pass(0);
    expect(world.exclusions[0]?.removed_by).toBe('owner');
    expect(screen.getByText('2 exclusions revoked')).toBeTruthy();
  });

  it('is closed to readers, who do not see its link either', async () => {
    await open('/exclusions', 'finished', reader);
    expect(screen.getByText('Your token cannot open this page')).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Exclusions' })).toBeNull();
  });
});
