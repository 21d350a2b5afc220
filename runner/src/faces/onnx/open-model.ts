import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { openBatch } from './open-batch.ts';

export type Provider = 'cpu' | 'cuda';

/** A loaded network with one float32 input. */
export interface Model {
  /** Outputs as flat arrays in the model's own order. Blocks the calling thread while it computes. */
  run(input: Float32Array, shape: readonly number[]): Promise<Float32Array[]>;
  /** Ends profiling when it was asked for, and frees native memory. */
  close(): Promise<void>;
}

export interface ModelOptions {
  path: string;
  /** Asked for alone: with a second name in the list the runtime may choose that one silently. */
  provider: Provider;
  threads?: number;
  dynamicBatch?: { reshapes: string[] };
  /** Writes a trace named `<prefix>_<time>.json` when the model is closed. */
  profilePrefix?: string;
}

/** Loads an ONNX file. Throws the runtime's error when the provider cannot be loaded. */
export async function openModel(options: ModelOptions): Promise<Model> {
  const bytes = await readFile(options.path);
  const graph = options.dynamicBatch ? openBatch(bytes, options.dynamicBatch.reshapes) : bytes;
  const session = await InferenceSession.create(graph, {
    executionProviders: [options.provider],
    intraOpNumThreads: options.threads ?? 1,
    interOpNumThreads: 1,
    // Level 3 keeps errors and drops the advice about unused initialisers that old exports trigger on every load.
    logSeverityLevel: 3,
    ...(options.profilePrefix && { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  });
  const [inputName = ''] = session.inputNames;
  return {
    async run(input, shape) {
      const results = await session.run({ [inputName]: new Tensor('float32', input, shape) });
      return session.outputNames.map((name) => floatsOf(results[name], name));
    },
    async close() {
      if (options.profilePrefix) session.endProfiling();
      await session.release();
    },
  };
}

function floatsOf(tensor: Tensor | undefined, name: string): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new Error(`model output ${name} is ${tensor?.type ?? 'absent'}, expected float32`);
}
