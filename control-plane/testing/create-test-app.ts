import { createNodeApp } from './create-node-app.ts';
import { createWorkerdApp } from './create-workerd-app.ts';
import type { TestApp, TestAppOptions } from './test-app.ts';

export type { TestApp } from './test-app.ts';

/**
 * A whole control plane on a migrated database of its own, with a fake clock, on the edge that the vitest project has
 * chosen: a test that begins with it runs on both. `createNodeApp` is for what only Node can show.
 */
export function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  return process.env.TEST_EDGE === 'workerd' ? createWorkerdApp(options) : createNodeApp(options);
}
