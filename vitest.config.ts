import { globSync, readFileSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

/** Test files of the control plane that call `name`. */
const callersOf = (name: string) =>
  globSync('control-plane/src/**/*.test.ts').filter((path) =>
    readFileSync(path, 'utf8').includes(`${name}(`),
  );
// What tests the control plane with `createTestApp` does so on both edges.
const onBothEdges = callersOf('createTestApp');
const onWorkerd = [...callersOf('createWorkerdApp'), ...callersOf('deployWorker')];

export default defineConfig({
  test: {
    // Most tests wait for processes and sockets, so every core may have one.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'node',
          include: ['{shared,control-plane,runner,e2e}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...onWorkerd],
          pool: 'forks',
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'workerd',
          include: [...onBothEdges, ...onWorkerd],
          pool: 'forks',
          // Worlds of their own keep tests apart, and loading everything anew for every file takes longer than they do.
          isolate: false,
          env: { TEST_EDGE: 'workerd' },
          globalSetup: 'control-plane/src/testing/start-shared-workerd.ts',
          // Through sockets and another process, on a machine that may have others to serve.
          expect: { poll: { timeout: 10_000 } },
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          // The stores of the control plane once more, on a database that is served over HTTP as Turso is: what the
          // project workerd, whose databases are all served so, has not.
          name: 'http',
          include: [
            'control-plane/src/db/*.test.ts',
            'control-plane/src/hooks/{crashes,deliveries}.node.test.ts',
            'control-plane/src/leases/claim-task.test.ts',
            'control-plane/src/schedules/run-due-schedules.node.test.ts',
          ],
          // Every test has an app of its own, and loading the modules anew takes as long as the tests.
          isolate: false,
          env: { TEST_DATABASE: 'http' },
          pool: 'forks',
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          // The catalog again, on a libSQL server as several runners share it.
          name: 'served-catalog',
          include: [
            'runner/src/catalog/{catalog-stats,commit-performer,fences,writer}.test.ts',
            'runner/src/exclusions/{content-filter,enforce-exclusions,guard}.test.ts',
            'runner/src/identity/{identify,part,renew-records}.test.ts',
            'runner/src/identity/explain/*.test.ts',
            'runner/src/identity/faces/compare-faces.test.ts',
            'runner/src/identity/reviews/reviews.test.ts',
            'runner/src/pipeline/ingest.test.ts',
            'runner/src/versions/write-version.test.ts',
          ],
          env: { TEST_CATALOG: 'http' },
          pool: 'forks',
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
