import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** What tests the control plane over HTTP does so on both edges; `createNodeApp` is for what only Node can show. */
const onBothEdges = globSync('control-plane/src/*/*.test.ts').filter((path) =>
  readFileSync(path, 'utf8').includes('createTestApp'),
);

export default defineConfig({
  test: {
    // Most tests wait for processes and sockets, so every core may have one.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'node',
          include: ['{shared,control-plane,runner,e2e}/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'workerd',
          include: onBothEdges,
          pool: 'forks',
          // Worlds of their own keep tests apart, and loading everything anew for every file takes longer than they do.
          isolate: false,
          env: { TEST_EDGE: 'workerd' },
          globalSetup: 'control-plane/src/testing/start-shared-workerd.ts',
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        test: {
          name: 'dashboard',
          include: ['dashboard/src/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          // No test leaves anything behind, and a new browser for every file takes longer than the tests.
          isolate: false,
        },
      },
    ],
  },
});
