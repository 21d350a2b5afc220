import { createModel } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Browser } from '../api/browser.ts';
import type { ControlPlane } from '../api/control-plane.ts';
import { ClockModel, ThemeModel } from '../models/browser-state.ts';
import { ConnectionModel } from '../models/ConnectionModel.ts';
import { RunsModel } from '../models/RunsModel.ts';
import { SessionModel } from '../models/SessionModel.ts';
import { HealthModel, RunnersModel, SourcesModel } from '../models/system.ts';

/** The models available to every page, signed in or not. */
export interface Dashboard {
  browser: Browser;
  connection: ConnectionModel;
  session: SessionModel;
  theme: ThemeModel;
  clock: ClockModel;
}

/** Builds the models that live as long as the page, in order. `code` is the one-time code of the address, if any. */
export function createDashboard(api: ControlPlane, browser: Browser, code: string | null = null): Dashboard {
  const connection = new ConnectionModel(api, browser);
  const session = new SessionModel(connection, browser, code);
  return { browser, connection, session, theme: new ThemeModel(browser), clock: new ClockModel(browser) };
}

/** The models that pages share while a user is signed in; disposing it ends the polling. */
export const WorkspaceModel = createModel(({ connection, browser }: Dashboard) => {
  const runs = new RunsModel(connection, browser);
  return {
    runs,
    runners: new RunnersModel(connection, browser, runs),
    sources: new SourcesModel(connection, browser),
    health: new HealthModel(connection, browser),
  };
});
export type Workspace = InstanceType<typeof WorkspaceModel>;

export const DashboardContext = createContext<Dashboard | null>(null);
export const WorkspaceContext = createContext<Workspace | null>(null);

export function useDashboard(): Dashboard {
  return present(useContext(DashboardContext), 'DashboardContext');
}

export function useWorkspace(): Workspace {
  return present(useContext(WorkspaceContext), 'WorkspaceContext');
}

function present<T>(value: T | null, name: string): T {
  if (value === null) throw new Error(`${name} is read outside its provider: render the page inside <App>.`);
  return value;
}
