import { readFile, writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { type GoldenResult, goldenResult, type ModelPack, packFingerprint } from '../models/pack.ts';
import { packFilePath } from '../models/verify-pack.ts';
import { answersOf } from '../threads/next-answer.ts';
import { EngineError } from './errors.ts';
import { compareGoldenResults } from './golden-result.ts';
import { gpuLibraryPath, hasGpuLibrary } from './onnx/find-gpu-library.ts';
import type { Provider } from './onnx/open-model.ts';
import type { SelfTestReport } from './onnx/self-test.worker.ts';

const providerNames: Record<Provider, string> = {
  cpu: 'CPUExecutionProvider',
  cuda: 'CUDAExecutionProvider',
};

/**
 * Proves that `provider` really runs the pack's models here, and that they make of the golden picture what they should. Packs
 * without a pinned result are measured once on the CPU; that result is kept beside the model files for every later start.
 *
 * @throws EngineError `provider_unavailable` or `self_test_failed`
 */
export async function runSelfTest(pack: ModelPack, modelsDir: string, provider: Provider): Promise<void> {
  // Looked up first: the runtime itself would also write an alarming line to the error output of every CPU machine.
  if (provider === 'cuda' && !hasGpuLibrary()) {
    throw new EngineError(
      'provider_unavailable',
      unavailable(pack, 'cuda', `${gpuLibraryPath()} is not installed`),
    );
  }
  const report = await runModels(pack, modelsDir, provider);
  requireProvider(report, provider);
  const expected = pack.golden ?? (await storedResult(pack, modelsDir, provider, report));
  const difference = compareGoldenResults(expected, report.result);
  if (difference === null) return;
  throw new EngineError(
    'self_test_failed',
    `Model pack "${pack.id}" does not compute what it should on ${provider}: ${difference}. ` +
      'Vectors made here would match nobody; check driver and runtime versions, or run on the CPU.',
  );
}

async function runModels(pack: ModelPack, modelsDir: string, provider: Provider): Promise<SelfTestReport> {
  const worker = new Worker(new URL('./onnx/self-test.worker.ts', import.meta.url), {
    workerData: { pack, modelsDir, provider },
  });
  try {
    return await answersOf<SelfTestReport>(worker, 'the self-test')();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new EngineError('provider_unavailable', unavailable(pack, provider, reason), { cause });
  } finally {
    await worker.terminate();
  }
}

function unavailable(pack: ModelPack, provider: Provider, reason: string): string {
  const next =
    provider === 'cuda'
      ? 'The CUDA libraries of onnxruntime-node and a driver of 580 or newer must be there, and the container must see the card; ' +
        'a library that is missing is named on the error output. Set the device to auto or cpu to go on without a GPU.'
      : 'Check the model files with `runner models verify` and the free memory.';
  return `The models of pack "${pack.id}" cannot run on ${provider}: ${reason}. ${next}`;
}

function requireProvider({ nodes }: SelfTestReport, provider: Provider): void {
  const wanted = providerNames[provider];
  for (const { file, byProvider } of nodes) {
    const all = Object.values(byProvider).reduce((sum, count) => sum + count, 0);
    // Some graphs keep a few shape nodes on the CPU on purpose: most, not all, must be where we asked.
    if ((byProvider[wanted] ?? 0) > all / 2) continue;
    throw new EngineError(
      'provider_unavailable',
      `${file} was to run on ${provider}, but ${byProvider[wanted] ?? 0} of its ${all} nodes did (${JSON.stringify(byProvider)}).`,
    );
  }
}

async function storedResult(
  pack: ModelPack,
  modelsDir: string,
  provider: Provider,
  report: SelfTestReport,
): Promise<GoldenResult> {
  const path = packFilePath(pack, modelsDir, `golden-${packFingerprint(pack).slice(0, 16)}.json`);
  const stored = await readFile(path, 'utf8').catch(() => null);
  if (stored !== null) return goldenResult.parse(JSON.parse(stored));
  const measured = provider === 'cpu' ? report : await runModels(pack, modelsDir, 'cpu');
  await writeFile(path, `${JSON.stringify(measured.result, null, 2)}\n`);
  return measured.result;
}
