import { defineConfig } from 'vitest/config';

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
          // Every store of the control plane again, on a database that is served over HTTP as Turso is.
          name: 'http',
          include: [
            'control-plane/src/config/config.test.ts',
            'control-plane/src/db/*.test.ts',
            'control-plane/src/exclusions/exclusions.test.ts',
            'control-plane/src/hooks/{deliveries,events,hooks}.test.ts',
            'control-plane/src/leases/{acquire-lease,claim-task,lease-rules,reap-leases}.test.ts',
            'control-plane/src/logs/{append-batch,prune-logs}.test.ts',
            'control-plane/src/questions/questions.test.ts',
            'control-plane/src/reviews/reviews.test.ts',
            'control-plane/src/runs/runs.test.ts',
            'control-plane/src/schedules/*.test.ts',
            'control-plane/src/tokens/session.test.ts',
            'control-plane/src/versions/{upload,publish-excluded}.test.ts',
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
