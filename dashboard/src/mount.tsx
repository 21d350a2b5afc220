import { render } from 'preact';
import { type Browser, takeCode } from './api/browser.ts';
import type { ControlPlane } from './api/control-plane.ts';
import { App } from './app.tsx';
import { createDashboard } from './context/context.ts';
import './styles/index.css';

/** Puts the dashboard into the page; the real and the fake entry differ in `api` only. */
export function mount(api: ControlPlane, browser: Browser): void {
  const root = document.getElementById('app');
  if (!root) throw new Error('The page has no element with the id "app" to put the dashboard into.');
  render(<App dashboard={createDashboard(api, browser, takeCode(location, history))} />, root);
}
