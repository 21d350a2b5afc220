import { createDashboard, WorkspaceModel } from '../../src/context/context.ts';
import { createFakeBrowser } from './fake-browser.ts';
import { createFakeControlPlane } from './fake-control-plane.ts';
import { makeWorld } from './make-world.ts';
import type { Scenario, World } from './world.ts';

interface FakeOptions extends Partial<World> {
  /** The one-time code in the address. */
  code?: string | null;
}

/** A dashboard against a fake control plane in one of its moments, with the world and the clock in hand. */
export function fakeDashboard(scenario: Scenario, { code = null, ...change }: FakeOptions = {}) {
  const browser = createFakeBrowser();
  const world = Object.assign(makeWorld(scenario, browser.now), change);
  const dashboard = createDashboard(createFakeControlPlane(world), browser, code);
  return { browser, world, dashboard };
}

/** The same with the models that pages share. */
export function fakeWorkspace(scenario: Scenario) {
  const made = fakeDashboard(scenario);
  return { ...made, workspace: new WorkspaceModel(made.dashboard) };
}
