import { describe, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';

describe('the session', () => {
  it('is found when there is one', async () => {
    const { browser, dashboard } = fakeDashboard('finished');
    expect(dashboard.session.session.value).toBeUndefined();
    await browser.pass(0);
    expect(dashboard.session.session.value).toMatchObject({ name: 'owner', scope: 'admin' });
  });

  it('begins with the one-time code of the address', async () => {
    const { browser, dashboard } = fakeDashboard('finished', { code: 'one-time-code', session: null });
    await browser.pass(0);
    expect(dashboard.session.session.value).toMatchObject({ name: 'owner' });
  });

  it('stays open when a used link is opened again, and asks to sign in when there is none', async () => {
    const again = fakeDashboard('finished', { code: 'used-before' });
    await again.browser.pass(0);
    expect(again.dashboard.session.session.value).toMatchObject({ name: 'owner' });

    const signedOut = fakeDashboard('finished', { code: 'used-before', session: null });
    await signedOut.browser.pass(0);
    expect(signedOut.dashboard.session.session.value).toBeNull();
    expect(String(signedOut.dashboard.session.signIn.error.value)).toContain('This code was used already');
  });

  it('ends when the control plane no longer knows it, whoever asked', async () => {
    const { browser, world, dashboard } = fakeDashboard('finished');
    await browser.pass(0);
    world.session = null;
    await dashboard.connection.call('GET /api/runners').catch(() => {});
    expect(dashboard.session.session.value).toBeNull();
  });

  it('waits for a control plane that is not there yet', async () => {
    const { browser, world, dashboard } = fakeDashboard('finished', { offline: true });
    await browser.pass(0);
    expect(dashboard.session.session.value).toBeUndefined();
    expect(dashboard.connection.lostSince.value).toBe(browser.now());
    world.offline = false;
    await browser.pass(3_000);
    expect(dashboard.session.session.value).toMatchObject({ name: 'owner' });
    expect(dashboard.connection.lostSince.value).toBeNull();
  });
});
