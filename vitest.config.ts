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
