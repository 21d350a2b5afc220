import { cleanup, render, screen } from '@testing-library/preact';
import { afterEach, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import { App } from '../app.tsx';

afterEach(cleanup);

/** Whether an element isolates its text from what stands beside it. */
const isIsolated = (element: Element) => element.closest('bdi') !== null;

it.each(['/', '/runs', '/runs/2', '/tokens'])(
  'a name from outside is isolated wherever %s shows it',
  async (path) => {
    const name = 'gpj\u202eexe';
    history.replaceState(null, '', path);
    const made = fakeDashboard('finished', { session: { name, scope: 'admin', expires_at: null } });
    for (const run of made.world.runs) {
      run.requested_by = name;
      for (const task of run.tasks) task.reason = name;
    }
    for (const token of made.world.tokens) token.name = name;
    render(<App dashboard={made.dashboard} />);
    for (let step = 0; step < 3; step += 1) await made.browser.pass(100);
    const shown = screen.getAllByText(name, { exact: false, ignore: 'caption, title' });
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((element) => !isIsolated(element)).map(({ outerHTML }) => outerHTML)).toEqual([]);
  },
);
