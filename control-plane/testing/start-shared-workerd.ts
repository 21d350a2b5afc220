import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startWorkerd } from '../src/edge/local/start-workerd.ts';
import { PAGES } from './pages.ts';

declare module 'vitest' {
  interface ProvidedContext {
    workerdUrl: string;
  }
}

/** Runs before the tests of a vitest project: one workerd, which gives each of them a world of its own. */
export default async function startSharedWorkerd(project: TestProject): Promise<() => Promise<void>> {
  const workerd = await startWorkerd({
    entry: join(import.meta.dirname, './workers/main.ts'),
    bindings: {},
    // Counts what each request asks of others.
    compatibilityFlags: ['nodejs_als'],
    assetsDir: PAGES,
    print: (line) => console.error(`workerd: ${line}`),
  });
  project.provide('workerdUrl', workerd.url);
  return async () => await workerd[Symbol.asyncDispose]();
}
