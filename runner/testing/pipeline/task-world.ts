import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { Lease } from '@trainer/contract/leases';
import type { Progress } from '@trainer/contract/progress';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { createApi } from '../../src/control/api.ts';
import { createSession } from '../../src/control/session.ts';
import { createEngines } from '../../src/engines/engines.ts';
import { createLogger } from '../../src/logs/logger.ts';
import { readKnownSources } from '../../src/sources/definition/known-sources.ts';
import { createSourceRegistry } from '../../src/sources/registry.ts';
import { createRunTask } from '../../src/tasks/run-task.ts';
import { loadSigningKey } from '../../src/versions/signing-key.ts';
import { fakeLease } from '../fake-control-plane/fake-lease.ts';
import { startFakeControlPlane } from '../fake-control-plane/start-fake-control-plane.ts';
import { createFakeFaceEngine, picture } from '../fake-face-engine.ts';
import { virtualClock } from '../virtual-clock.ts';

/** A runner's pipeline with a folder of four people, and a control plane to publish to. */
export async function createTaskWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'trainer-task-'));
  for (const person of ['ada', 'bo', 'cy', 'di']) {
    mkdirSync(join(folder, 'people', person), { recursive: true });
    for (const note of ['1', '2', '3', '4', '5']) {
      writeFileSync(join(folder, 'people', person, `${note}.jpg`), picture({ faces: [{ person }], note }));
    }
  }
  const server = await startFakeControlPlane();
  const log = createLogger({ sinks: [], redact: (text) => text });
  const session = createSession({
    api: createApi({ baseUrl: server.url, token: server.token }),
    log,
    sleep: (ms, signal) => elapsed(ms / 50, undefined, { signal }),
  });
  const catalog = await openCatalog(join(folder, 'catalog.db'), {
    now: () => new Date(),
    sleep: (ms) => elapsed(ms),
    newId: () => 'catalog-of-a-test',
    random: Math.random,
    say: () => {},
  });
  const engine = createFakeFaceEngine();
  const engines = createEngines(async () => engine);
  const runTask = createRunTask({
    catalog,
    sources: createSourceRegistry({
      known: readKnownSources(null),
      settings: (name) => (name === 'FOLDER_DIR' ? join(folder, 'people') : undefined),
      clock: virtualClock(),
      random: () => 0,
    }),
    engines,
    session,
    stagingDir: join(folder, 'staging'),
    signingKey: await loadSigningKey(folder),
    now: () => new Date('2026-03-01T12:00:00Z'),
  });
  const reports: Progress[] = [];
  const never = new AbortController().signal;
  return {
    folder,
    catalog,
    server,
    /** Puts a file beside the pictures. */
    write: (path: string, content: string) => writeFileSync(join(folder, 'people', path), content),
    engine,
    engines,
    reports,
    run(taskId: string, changes: Partial<Lease>, stop = never) {
      const lease = fakeLease(taskId, { source: null, ...changes });
      server.offer(lease);
      return runTask({ lease, stop, signal: never, log, report: (progress) => void reports.push(progress) });
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      catalog.close();
      rmSync(folder, { recursive: true });
    },
  };
}
