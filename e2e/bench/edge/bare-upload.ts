import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '@trainer/contract/limits';
import { partCount } from '@trainer/contract/versions';
import { startWorkerd } from '../../../control-plane/src/edge/local/start-workerd.ts';
import type { StagedVersion } from '../../../runner/src/upload/upload-version.ts';
import { startProgram } from '../../programs/program.ts';
import { BARE_WORKER } from './hashing.ts';
import { cpuMsOf, serverIn, watchMemory } from './memory.ts';
import { BYTES, inWords, perPart, rate, type UploadRow } from './upload-row.ts';

const PARTS_AT_ONCE = 3;
export const bareUpload = 'bare Worker with R2, upload';

/** What the platforms themselves make of the same bytes: the reference. */
export async function measureBare(
  folder: string,
  { artifacts: [file] }: StagedVersion,
): Promise<UploadRow[]> {
  const path = file?.path ?? '';
  return [...(await onWorkerd(folder, path)), await onNode(path)];
}

async function onWorkerd(folder: string, path: string): Promise<UploadRow[]> {
  const dataDir = join(folder, 'r2');
  await using workerd = await startWorkerd({ bindings: {}, entry: BARE_WORKER, dataDir });
  const pid = serverIn(process.pid);
  const up = watchMemory(pid);
  const cpu = cpuMsOf(pid);
  const upload = {
    what: bareUpload,
    'MB/s': rate(await bringBare(workerd.url, path)),
    'control plane, MB': inWords(up()),
    'CPU ms a part': perPart(cpuMsOf(pid) - cpu),
  };
  const down = watchMemory(pid);
  const beganAt = performance.now();
  for await (const _ of (await fetch(`${workerd.url}/object?key=bare`)).body ?? []);
  const ms = performance.now() - beganAt;
  const download = {
    what: 'bare Worker with R2, download',
    'MB/s': rate(ms),
    'control plane, MB': inWords(down()),
  };
  return [upload, download];
}

async function onNode(path: string): Promise<UploadRow> {
  await using program = startProgram({ name: 'bare server', args: ['e2e/bench/edge/bare-node.ts'] });
  const [url] = await program.printed(/http:\S+/);
  const memory = watchMemory(program.pid);
  const ms = await bringBare(url, path);
  return { what: 'bare server on Node, upload', 'MB/s': rate(ms), 'control plane, MB': inWords(memory()) };
}

/** Brings a file to a bare server in the same parts as a runner would. Answers with the time for it, ms. */
async function bringBare(url: string, path: string): Promise<number> {
  const beganAt = performance.now();
  const at = (route: string, query: Record<string, string | number>) =>
    `${url}/${route}?${new URLSearchParams({ key: 'bare', ...query })}`;
  const upload = await (await fetch(at('begin', {}), { method: 'POST' })).text();
  const count = partCount(BYTES);
  const etags: { partNumber: number; etag: string }[] = [];
  let next = 1;
  await using file = await open(path);

  async function bring(): Promise<void> {
    while (next <= count) {
      const number = next++;
      const body = new Uint8Array(
        Math.min(limits.uploadPartBytes, BYTES - (number - 1) * limits.uploadPartBytes),
      );
      await file.read(body, 0, body.length, (number - 1) * limits.uploadPartBytes);
      const answer = await fetch(at('part', { upload, number }), { method: 'PUT', body });
      etags.push({ partNumber: number, etag: await answer.text() });
    }
  }
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, bring));
  etags.sort((one, other) => one.partNumber - other.partNumber);
  const done = await fetch(at('complete', { upload }), { method: 'POST', body: JSON.stringify(etags) });
  if (!done.ok) throw new Error(`The bare server did not take the parts: ${await done.text()}`);
  return performance.now() - beganAt;
}
