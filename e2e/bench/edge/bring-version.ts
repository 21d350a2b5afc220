import { readFileSync } from 'node:fs';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { Call } from '@trainer/contract/client';
import { createApi } from '../../../runner/src/control/api.ts';
import { createSession } from '../../../runner/src/control/session.ts';
import { createLogger } from '../../../runner/src/logs/logger.ts';
import { type StagedVersion, uploadVersion } from '../../../runner/src/upload/upload-version.ts';
import { watchMemory } from './memory.ts';

/**
 * A process of its own, so that it can be killed and its memory be measured: brings a staged version as a runner does.
 * Prints a line of JSON whenever a part is stored, and one at the end.
 */
const { url = '', token = '', task_id = '', fence = '', staged = '' } = JSON.parse(process.argv[2] ?? '{}');
const memory = watchMemory(process.pid);
const log = createLogger({ sinks: [({ message }) => console.error(message)], redact: (text) => text });
const repeated = createSession({
  api: createApi({ baseUrl: url, token }),
  log,
  sleep: (ms, signal) => elapsed(ms, undefined, { signal }),
});
let publishMs = 0;
/** The same calls, with the last one's time taken. */
const session: Call = async (key, ...request) => {
  const beganAt = performance.now();
  const answer = await repeated(key, ...request);
  if (key === 'POST /api/leases/{task}/version/publish') publishMs = performance.now() - beganAt;
  return answer;
};
const beganAt = performance.now();
const version: StagedVersion = JSON.parse(readFileSync(staged, 'utf8'));
await uploadVersion(version, {
  session,
  lease: { task_id, fence: Number(fence) },
  signal: new AbortController().signal,
  onProgress: (stored) => console.log(JSON.stringify({ stored })),
});
const tookMs = performance.now() - beganAt;
console.log(JSON.stringify({ partsMs: tookMs - publishMs, publishMs, memory: memory() }));
