import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { release } from './api/control-plane.ts';
import { useDashboard, useWorkspace } from './context/context.ts';
import { formatShare } from './derive/numbers.ts';
import { shareDone } from './derive/pace-text.ts';
import { mayAdminister } from './derive/permissions.ts';
import { formatClock } from './derive/times.ts';
import type { Theme } from './models/browser-state.ts';
import { ExternalText } from './parts/inline.tsx';
import { Segmented } from './parts/Segmented.tsx';

const pages = [
  ['/', 'Dashboard'],
  ['/build', 'Build'],
  ['/runs', 'Runs'],
  ['/schedules', 'Schedules'],
  ['/versions', 'Versions'],
  ['/reviews', 'Reviews'],
  ['/explain', 'Explain'],
  ['/config', 'Configuration'],
] as const;
const adminPages = [
  ['/exclusions', 'Exclusions'],
  ['/hooks', 'Hooks'],
  ['/tokens', 'Tokens'],
] as const;

/** The frame of every page: navigation, the active run and the state of the connection. */
export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div class="shell">
        <Sidebar />
        <div class="stage">
          <ConnectionBanner />
          <main id="main" tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
    </>
  );
}

function Sidebar() {
  const { session } = useDashboard();
  const { path } = useLocation();
  const [open, setOpen] = useState(false);
  // A followed link closes the menu of narrow screens.
  useEffect(() => setOpen(false), [path]);
  const user = session.session.value;
  return (
    <header class={`sidebar ${open ? 'open' : ''}`}>
      <div class="brand">
        <a href="/">
          <img src="/icon.svg" alt="" width="24" height="24" />
          stash-sense-trainer
        </a>
        <button
          type="button"
          class="menu"
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => setOpen(!open)}
        >
          Menu
        </button>
      </div>
      <div class="sidebar-rest" id="menu">
        <nav aria-label="Pages">
          {[...pages, ...(user && mayAdminister(user) ? adminPages : [])].map(([href, label]) => (
            <a key={href} href={href} {...(isAt(path, href) && { 'aria-current': 'page' as const })}>
              {label}
            </a>
          ))}
        </nav>
        <NowRunning />
        <Account />
      </div>
    </header>
  );
}

function isAt(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}

function NowRunning() {
  const { runs, runners } = useWorkspace();
  const active = runs.active.value;
  const online = runners.online.value.length;
  return (
    <div class="now">
      <p class={`dot ${online > 0 ? 'tone-good' : 'tone-calm'}`}>
        {runners.runners.value === undefined
          ? '…'
          : online === 0
            ? 'No runner online'
            : runnersOnline(online)}
      </p>
      {active && (
        <a href={`/runs/${active.id}`} class="dot tone-busy">
          Run {active.id} {active.status} {progressText(active)}
        </a>
      )}
    </div>
  );
}

function runnersOnline(online: number): string {
  return online === 1 ? '1 runner online' : `${online} runners online`;
}

function progressText(run: { performers_processed: number; performers_total: number | null }): string {
  const share = shareDone(run.performers_processed, run.performers_total);
  return share === null ? '' : `· ${formatShare(Math.floor(share * 100) / 100)}`;
}

const themes = [
  ['system', 'Auto'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const satisfies [Theme, string][];

function Account() {
  const { session, theme } = useDashboard();
  const user = session.session.value;
  return (
    <div class="account">
      <Segmented
        legend="Theme"
        hideLegend
        options={themes}
        value={theme.theme.value}
        onChange={theme.choose}
      />
      <p class="muted">Release {release}</p>
      {user && (
        <p class="user">
          <span>
            <ExternalText>{user.name}</ExternalText> <span class="muted">{user.scope}</span>
          </span>
          <button
            type="button"
            class="link"
            disabled={session.signOut.busy.value}
            onClick={() => void session.signOut.go()}
          >
            Sign out
          </button>
        </p>
      )}
    </div>
  );
}

function ConnectionBanner() {
  const { connection } = useDashboard();
  const since = connection.lostSince.value;
  const other = connection.otherRelease.value;
  return (
    <div role="status" aria-live="polite">
      {since !== null && (
        <p class="banner">
          No answer from the control plane since {formatClock(new Date(since).toISOString())}. The page shows
          older data and retries every few seconds.
        </p>
      )}
      {other !== null && (
        <p class="banner">
          The control plane is now release {other}, and this page is from release {release}.{' '}
          <button type="button" class="link" onClick={() => location.reload()}>
            Reload the page
          </button>
        </p>
      )}
    </div>
  );
}
