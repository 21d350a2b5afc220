import './styles/index.css';
import { render } from 'preact';
import type { Browser } from './api/browser.ts';
import type { ControlPlane } from './api/control-plane.ts';
import { App } from './app.tsx';
import { createDashboard } from './context/context.ts';

/** Puts the dashboard into the page; the real and the fake entry differ in `api` only. */
export function mount(api: ControlPlane, browser: Browser): void {
  const root = document.getElementById('app');
  if (!root) throw new Error('The page has no element with the id "app" to put the dashboard into.');
  render(<App dashboard={createDashboard(api, browser, takeCode(location, history))} />, root);
}

/**
 * Takes the one-time code out of `/login#code=…` and the address, at once, so that it stays neither in the address
 * bar nor in the history. Null when the address holds none.
 */
export function takeCode(
  { pathname, hash }: Pick<Location, 'pathname' | 'hash'>,
  history: Pick<History, 'replaceState'>,
): string | null {
  if (pathname !== '/login') return null;
  const code = new URLSearchParams(hash.slice(1)).get('code');
  if (code !== null) history.replaceState(null, '', '/login');
  return code;
}
