import { globSync, readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { hangLimits } from './shared/testing/hang-limits.ts';

// Tests start some hundred Node processes, which would each compile the same modules. Node's own place for it.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');

/** Test files under `folder` that contain `text`, so that a new one is in its project without being listed here. */
const filesWith = (folder: string, text: string) =>
  globSync(`${folder}/**/*.test.ts`).filter((path) => readFileSync(path, 'utf8').includes(text));
const callersOf = (name: string) => filesWith('control-plane/src', `${name}(`);
// What tests the control plane with `createTestApp` does so on both edges.
const onBothEdges = callersOf('createTestApp');
const onWorkerd = [...callersOf('createWorkerdApp'), ...callersOf('deployWorker')];

/** For every project: vitest's own limits are seconds. */
const patient = {
  testTimeout: hangLimits.testMs,
  hookTimeout: hangLimits.testMs,
  expect: { poll: { timeout: hangLimits.waitMs } },
} as const;
const forks = {
  ...patient,
  pool: 'forks',
  // An uncaught error in a process or thread that a test starts fails the test.
  setupFiles: 'vitest.setup.ts',
} as const;
/** For files whose tests leave nothing behind: loading the modules anew for each takes as long as the tests. */
const loadedOnce = { ...forks, isolate: false } as const;

export default defineConfig({
  test: {
    // The longest tests mostly wait for processes and leases, so there is one file more than cores.
    maxWorkers: availableParallelism() + 1,
    teardownTimeout: hangLimits.waitMs,
    projects: [
      {
        test: {
          ...forks,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
        },
      },
      {
        test: {
          ...loadedOnce,
          name: 'runner',
          include: ['runner/**/*.test.ts'],
        },
      },
      {
        test: {
          ...loadedOnce,
          name: 'control-plane',
          include: ['{shared,control-plane}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...onWorkerd],
        },
      },
      {
        test: {
          ...loadedOnce,
          name: 'workerd',
          include: [...onBothEdges, ...onWorkerd],
          env: { TEST_EDGE: 'workerd' },
          globalSetup: 'control-plane/testing/start-shared-workerd.ts',
        },
      },
      {
        test: {
          ...loadedOnce,
          // The stores of the control plane once more, on a database that is served over HTTP as Turso is: what the
          // project workerd, whose databases are all served so, has not.
          name: 'http',
          include: filesWith('control-plane/src', '// Runs in the project http too.'),
          env: { TEST_DATABASE: 'http' },
        },
      },
      {
        test: {
          ...loadedOnce,
          // The catalog again, on a libSQL server as several runners share it.
          name: 'served-catalog',
          include: filesWith('runner/src', '// Runs in the project served-catalog too.'),
          env: { TEST_CATALOG: 'http' },
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        test: {
          ...patient,
          name: 'dashboard',
          include: ['dashboard/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          // No test leaves anything behind, and a new browser for every file takes longer than the tests.
          isolate: false,
        },
      },
    ],
  },
});
