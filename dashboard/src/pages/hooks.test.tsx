import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import type { Scenario, World } from '../../testing/fake/world.ts';
import { App } from '../app.tsx';

// The page is fetched when it is first opened; here it is there already.
beforeAll(() => import('./hooks/HooksPage.tsx'));
afterEach(cleanup);

async function open(scenario: Scenario = 'finished', change: Partial<World> = {}) {
  history.replaceState(null, '', '/hooks');
  const made = fakeDashboard(scenario, change);
  render(<App dashboard={made.dashboard} />);
  for (let step = 0; step < 3; step += 1) await made.browser.pass(100);
  const { pass } = made.browser;
  const card = (name: string) => within(screen.getByRole('region', { name }));
  const click = async (button: HTMLElement) => {
    fireEvent.click(button);
    await pass(0);
  };
  const type = async (label: string, value: string) => {
    fireEvent.input(screen.getByLabelText(label), { target: { value } });
    await pass(0);
  };
  return { ...made, card, click, type };
}

describe('the hooks page', () => {
  it('shows where each hook leads, what it is told of and how that went last', async () => {
    const { card } = await open();
    expect(card('Home server').getByText('gotify.home.arpa')).toBeTruthy();
    expect(
      card('Home server').getByText(
        'Sends a message when a run failed, a source is paused or a run started.',
      ),
    ).toBeTruthy();
    expect(card('Home server').getByText(/connect ECONNREFUSED/).textContent).toMatch(
      /Next attempt in 4 minutes/,
    );
    expect(card('Phone').getByText('delivered')).toBeTruthy();
    expect(card('Old channel').getByText('The receiver rejected messages permanently')).toBeTruthy();
    expect(card('Fetch script').getByText('No event has occurred yet.')).toBeTruthy();
  });

  it('says on an empty system what a hook is for', async () => {
    await open('empty');
    expect(screen.getByText('No hooks.')).toBeTruthy();
  });

  it('makes a hook that is quiet unless more is ticked', async () => {
    const { world, click, type } = await open('empty');
    await click(screen.getByText('New hook'));
    await type('Name', 'Team');
    await type('Webhook URL', 'https://discord.com/api/webhooks/1/abc');
    await click(screen.getByText('Create hook'));
    expect(world.hooks).toMatchObject([
      {
        kind: 'discord',
        events: ['run.finished_with_errors', 'run.failed', 'source.paused', 'version.published'],
      },
    ]);
    expect(screen.queryByLabelText('Webhook URL')).toBeNull();
    expect(screen.getByRole('region', { name: 'Team' })).toBeTruthy();
  });

  it('says of each kind what to paste, and asks for what it needs', async () => {
    const { click } = await open();
    await click(screen.getByText('New hook'));
    expect(screen.getByText(/Copy Webhook URL/)).toBeTruthy();
    expect(screen.queryByLabelText(/token/i)).toBeNull();
    await click(screen.getByLabelText('Gotify'));
    expect(screen.getByLabelText('Application token').getAttribute('type')).toBe('password');
    expect(screen.getByLabelText('Application token').hasAttribute('required')).toBe(true);
    await click(screen.getByLabelText('ntfy'));
    expect(screen.getByLabelText('Access token (optional)').hasAttribute('required')).toBe(false);
  });

  it('shows a signing secret once', async () => {
    const { browser, click, type } = await open();
    await click(screen.getByText('New hook'));
    await click(screen.getByLabelText('Webhook'));
    await type('Name', 'script');
    await type('Address', 'https://example.org/in');
    await click(screen.getByText('Create hook'));
    const secret = screen.getByText(/^whsec_/).textContent;
    await click(screen.getByRole('button', { name: 'Copy (the signing secret)' }));
    expect(browser.copied).toEqual([secret]);
    await click(screen.getByText('I have saved it'));
    expect(screen.queryByText(/^whsec_/)).toBeNull();
  });

  it('shows a mistake at its field, and forgives it when the field changes', async () => {
    const { browser, click, type } = await open();
    await click(screen.getByText('New hook'));
    await type('Name', 'Team');
    await type('Webhook URL', 'https://discord.com/channels/1/2');
    fireEvent.submit(screen.getByRole('form', { name: 'New hook' }));
    await browser.pass(0);
    expect(screen.getByText(/expected the webhook’s address as Discord gives it/)).toBeTruthy();
    expect(screen.getByLabelText('Webhook URL').getAttribute('aria-invalid')).toBe('true');
    await type('Webhook URL', 'https://discord.com/api/webhooks/1/abc');
    expect(screen.queryByText(/expected the webhook’s address/)).toBeNull();
  });

  it('changes a hook without asking for its address and token', async () => {
    const { world, card, click, type } = await open();
    await click(card('Home server').getByText('Change…'));
    expect(screen.getByText('Leave empty to keep gotify.home.arpa.')).toBeTruthy();
    expect(screen.getByText('Leave empty to keep the current one.')).toBeTruthy();
    await type('Address of the server', 'https://push.example.org');
    expect(screen.getByText('Required again for a new address.')).toBeTruthy();
    await type('Address of the server', '');
    await type('Name', 'Attic');
    await click(screen.getByLabelText('A run started'));
    await click(screen.getByText('Save'));
    expect(world.hooks[1]).toMatchObject({
      name: 'Attic',
      hint: 'gotify.home.arpa',
      events: ['run.failed', 'source.paused'],
    });
  });

  it('tests a hook, and shows what the receiver said', async () => {
    const { card, click } = await open();
    await click(card('Phone').getByText('Test'));
    expect(card('Phone').getByText('The test message was accepted')).toBeTruthy();
    expect(card('Phone').getByText(/ntfy\.sh answered 200/)).toBeTruthy();
    await click(card('Old channel').getByText('Test'));
    expect(card('Old channel').getByText(/It says: \{"message": "Unknown Webhook"/)).toBeTruthy();
  });

  it('turns a hook on and off', async () => {
    const { world, card, click } = await open();
    await click(card('Old channel').getByText('Turn on'));
    expect(world.hooks[2]).toMatchObject({ enabled: true, disabled_reason: null });
    expect(card('Old channel').queryByText('The receiver rejected messages permanently')).toBeNull();
    await click(card('Old channel').getByText('Turn off'));
    expect(card('Old channel').getByText('off')).toBeTruthy();
  });

  it('lists what a hook was told', async () => {
    const { browser, card } = await open();
    const details = card('Home server').getByText('Deliveries').closest('details');
    if (!details) throw new Error('There is nothing to open');
    details.open = true;
    fireEvent(details, new Event('toggle'));
    await browser.pass(0);
    const table = within(screen.getByRole('table', { name: 'Deliveries, newest first' }));
    expect(table.getByText('A source is paused')).toBeTruthy();
    expect(table.getAllByText('41')[0]?.getAttribute('href')).toBe('/runs/41');
    expect(table.getByText('in 4 minutes')).toBeTruthy();
  });

  it('asks before it removes one', async () => {
    const { world, card, click } = await open();
    await click(card('Phone').getByText('Remove…'));
    expect(world.hooks).toHaveLength(4);
    await click(screen.getByText('Remove it'));
    expect(world.hooks.map(({ name }) => name)).toEqual(['Home server', 'Old channel', 'Fetch script']);
    expect(screen.queryByRole('region', { name: 'Phone' })).toBeNull();
  });

  it('is closed to readers, who do not see its link either', async () => {
    await open('finished', { session: { name: 'grafana', scope: 'read', expires_at: null } });
    expect(screen.getByText('Your token cannot open this page')).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Hooks' })).toBeNull();
  });
});
