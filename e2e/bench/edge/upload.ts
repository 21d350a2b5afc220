import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@trainer/contract/limits';
import { z } from 'zod';
import { type Program, startProgram } from '../../programs/program.ts';
import { until } from '../../programs/until.ts';
import { bareUpload, measureBare } from './bare-upload.ts';
import { type Check, checkDownload } from './check-download.ts';
import { type HeldLease, holdPublish } from './hold-lease.ts';
import { cpuMsOf, serverIn, watchMemory } from './memory.ts';
import { openPlane, type Plane } from './open-plane.ts';
import { stageVersion } from './stage-version.ts';
import { BYTES, inWords, MB, perPart, rate, seconds, type UploadRow } from './upload-row.ts';

export interface Uploads {
  rows: UploadRow[];
  checks: Check[];
  /** What our Worker needs for a part beyond the bare one, ms. */
  ownCpuMs: number;
}

const endSchema = z.object({
  partsMs: z.number(),
  publishMs: z.number(),
  memory: z.object({ before: z.number(), peak: z.number() }),
});

/** A version of 300 MB on its way to the control plane and back, undisturbed and with both sides killed on the way. */
export async function measureUploads(): Promise<Uploads> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-upload-'));
  const staged = await stageVersion(folder, BYTES);
  await writeFile(join(folder, 'staged.json'), JSON.stringify(staged));
  const rows: UploadRow[] = [];
  const checks: Check[] = [];
  try {
    rows.push(...(await measureBare(folder, staged)));
    for (const edge of ['workerd', 'node'] as const) {
      await using plane = await openPlane(edge);
      rows.push(await undisturbed(plane, folder));
      const { row, found } = await checkDownload(plane, staged);
      rows.push(row);
      checks.push(...found);
    }
    for (const edge of ['workerd', 'node'] as const) {
      await using plane = await openPlane(edge);
      rows.push(await interrupted(plane, folder));
      checks.push(...(await checkDownload(plane, staged)).found.slice(0, 1));
    }
    const cpuOf = (what: string) => rows.find((row) => row.what === what)?.['CPU ms a part'] ?? Number.NaN;
    const ownCpuMs = Math.round((cpuOf('workerd, upload') - cpuOf(bareUpload)) * 10) / 10;
    return { rows, checks, ownCpuMs };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function undisturbed(plane: Plane, folder: string): Promise<UploadRow> {
  await using held = await holdPublish(plane);
  const pid = serverIn(plane.program().pid);
  const memory = watchMemory(pid);
  const cpu = cpuMsOf(pid);
  await using uploader = startUploader(plane, held, folder);
  await stored(uploader, BYTES);
  const cpuOfParts = cpuMsOf(pid) - cpu;
  const end = await endOf(uploader);
  return {
    what: `${plane.edge}, upload`,
    'MB/s': rate(end.partsMs),
    'whole verified, s': seconds(end.publishMs),
    'runner, MB': inWords(end.memory),
    'control plane, MB': inWords(memory()),
    'CPU ms a part': perPart(cpuOfParts),
  };
}

/** A third is brought by a runner that is killed then; at two thirds, so is the control plane. */
async function interrupted(plane: Plane, folder: string): Promise<UploadRow> {
  await using held = await holdPublish(plane);
  const beganAt = performance.now();
  await using first = startUploader(plane, held, folder);
  await stored(first, BYTES / 3);
  await first.kill9();
  await using second = startUploader(plane, held, folder);
  await stored(second, (BYTES * 2) / 3);
  await plane.restart();
  const memory = watchMemory(serverIn(plane.program().pid));
  const end = await endOf(second);
  const tookMs = performance.now() - beganAt;
  const [resumedAt = 0, ...after] = storedBy(second);
  const missing = Math.ceil((BYTES - resumedAt) / limits.uploadPartBytes);
  return {
    what: `${plane.edge}, both killed`,
    'MB/s': rate(tookMs - end.publishMs),
    'whole verified, s': seconds(end.publishMs),
    'runner, MB': inWords(end.memory),
    'control plane, MB': inWords(memory()),
    // The small manifest is a part of its own.
    'stored twice': Math.max(0, after.length - missing - 1),
    'lost, MB': Math.max(0, (storedBy(first).at(-1) ?? 0) - resumedAt) / MB,
  };
}

function startUploader(plane: Plane, { lease }: HeldLease, folder: string): Program {
  const { task_id, fence } = lease;
  const given = {
    url: plane.url,
    token: plane.runnerToken,
    task_id,
    fence,
    staged: join(folder, 'staged.json'),
  };
  return startProgram({ name: 'uploader', args: ['e2e/bench/edge/bring-version.ts', JSON.stringify(given)] });
}

/** Bytes stored, as the uploader has told of them one after the other. */
function storedBy(uploader: Program): number[] {
  return [...uploader.output().matchAll(/^\{"stored":(\d+)\}$/gm)].map(([, bytes]) => Number(bytes));
}

async function stored(uploader: Program, bytes: number): Promise<void> {
  await until(`${bytes} bytes are stored`, () => (storedBy(uploader).at(-1) ?? 0) >= bytes, {
    everyMs: 10,
    explain: uploader.output,
  });
}

async function endOf(uploader: Program): Promise<z.infer<typeof endSchema>> {
  const [line] = await uploader.printed(/^\{"partsMs".*\}$/m);
  return endSchema.parse(JSON.parse(line));
}
