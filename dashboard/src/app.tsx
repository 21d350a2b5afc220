import { useModel } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { LocationProvider, lazy, Route, Router, useLocation } from 'preact-iso';
import {
  type Dashboard,
  DashboardContext,
  useDashboard,
  WorkspaceContext,
  WorkspaceModel,
} from './context/context.ts';
import { BuildPage } from './pages/build/BuildPage.tsx';
import { DashboardPage } from './pages/dashboard/DashboardPage.tsx';
import { LoginPage } from './pages/login/LoginPage.tsx';
import { MissingPage, UnloadedPage } from './pages/missing/MissingPage.tsx';
import { RunPage } from './pages/run/RunPage.tsx';
import { RunsPage } from './pages/runs/RunsPage.tsx';
import { VersionsPage } from './pages/versions/VersionsPage.tsx';
import { Shell } from './shell.tsx';

const ConfigPage = lazyPage(() => import('./pages/config/ConfigPage.tsx').then((page) => page.ConfigPage));
const TokensPage = lazyPage(() => import('./pages/tokens/TokensPage.tsx').then((page) => page.TokensPage));
const SchedulesPage = lazyPage(() =>
  import('./pages/schedules/SchedulesPage.tsx').then((page) => page.SchedulesPage),
);
const ReviewsPage = lazyPage(() =>
  import('./pages/reviews/ReviewsPage.tsx').then((page) => page.ReviewsPage),
);
const ExplainPage = lazyPage(() =>
  import('./pages/explain/ExplainPage.tsx').then((page) => page.ExplainPage),
);
const ExclusionsPage = lazyPage(() =>
  import('./pages/exclusions/ExclusionsPage.tsx').then((page) => page.ExclusionsPage),
);
const HooksPage = lazyPage(() => import('./pages/hooks/HooksPage.tsx').then((page) => page.HooksPage));

/** The dashboard: the sign-in page, or the page at the current address. */
export function App({ dashboard }: { dashboard: Dashboard }) {
  return (
    <DashboardContext.Provider value={dashboard}>
      <LocationProvider>
        <SessionGate />
      </LocationProvider>
    </DashboardContext.Provider>
  );
}

function SessionGate() {
  const { session, connection } = useDashboard();
  const user = session.session.value;
  if (user) return <SignedIn />;
  if (user === null) return <LoginPage />;
  return (
    <main class="signed-out">
      <p class="loading" role="status">
        {connection.lostSince.value === null
          ? 'Checking your session…'
          : 'The control plane does not answer. Retrying…'}
      </p>
    </main>
  );
}

function SignedIn() {
  const dashboard = useDashboard();
  const workspace = useModel(() => new WorkspaceModel(dashboard));
  const { path, route } = useLocation();
  useEffect(() => {
    if (path === '/login') route('/', true);
  }, [path, route]);
  return (
    <WorkspaceContext.Provider value={workspace}>
      <Shell>
        <Router onRouteChange={() => document.getElementById('main')?.focus()}>
          <Route path="/" component={DashboardPage} />
          <Route path="/login" component={DashboardPage} />
          <Route path="/build" component={BuildPage} />
          <Route path="/runs" component={RunsPage} />
          <Route path="/runs/:id" component={RunPage} />
          <Route path="/schedules" component={SchedulesPage} />
          <Route path="/versions" component={VersionsPage} />
          <Route path="/reviews" component={ReviewsPage} />
          <Route path="/explain" component={ExplainPage} />
          <Route path="/exclusions" component={ExclusionsPage} />
          <Route path="/config" component={ConfigPage} />
          <Route path="/hooks" component={HooksPage} />
          <Route path="/tokens" component={TokensPage} />
          <Route default component={MissingPage} />
        </Router>
      </Shell>
    </WorkspaceContext.Provider>
  );
}

/** A page that is fetched when it is first opened, so that the first load stays small. */
function lazyPage(load: () => Promise<FunctionComponent>): FunctionComponent {
  return lazy(() => load().catch(() => UnloadedPage));
}
