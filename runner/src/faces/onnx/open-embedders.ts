import type { Embedder, ModelPack } from '../../models/pack.ts';
import { embedderShape, fillEmbedderInput, inputsPerFace } from '../embedder-input.ts';
import { unitVector } from '../unit-vector.ts';
import type { LoadModel } from './open-detector.ts';
import type { Model } from './open-model.ts';

/** Unit vectors of one face, by embedder id. */
export type Embeddings = Record<string, Float32Array>;

/** All embedders of a pack. One call at a time: input buffers are shared between calls. */
export interface FaceEmbedders {
  /** One set of embeddings per aligned crop (112 x 112 R,G,B), in order; null where a vector is unusable. */
  embed(crops: Uint8Array[]): Promise<(Embeddings | null)[]>;
  close(): Promise<void>;
}

/**
 * Opens the pack's embedders. With `padTo` every run has exactly that many faces, the rest empty: a GPU searches for the best
 * algorithm again for each new batch size, which costs seconds.
 */
export async function openEmbedders(pack: ModelPack, load: LoadModel, padTo = 0): Promise<FaceEmbedders> {
  const opened: OpenEmbedder[] = [];
  for (const embedder of pack.embedders) {
    opened.push({
      embedder,
      model: await load(embedder.file, embedder.dynamicBatch),
      input: new Float32Array(),
    });
  }
  return {
    async embed(crops) {
      const results = crops.map((): Embeddings | null => ({}));
      for (const one of opened) {
        const vectors = await embedWith(one, crops, Math.max(padTo, crops.length));
        const { embedder } = one;
        vectors.forEach((vector, i) => {
          const result = results[i];
          if (result && vector) result[embedder.id] = vector;
          else results[i] = null;
        });
      }
      return results;
    },
    async close() {
      for (const { model } of opened) await model.close();
    },
  };
}

interface OpenEmbedder {
  embedder: Embedder;
  model: Model;
  /** Grows to the largest batch and is used again: half a megabyte per batch would keep the collector busy. */
  input: Float32Array;
}

async function embedWith(open: OpenEmbedder, crops: Uint8Array[], faces: number) {
  const { embedder, model } = open;
  const perFace = inputsPerFace(embedder);
  const length = faces * perFace * embedder.size * embedder.size * 3;
  if (open.input.length < length) open.input = new Float32Array(length);
  const input = open.input.subarray(0, length);
  fillEmbedderInput(crops, embedder, input);
  const [output] = await model.run(input, embedderShape(embedder, faces * perFace));
  if (output?.length !== faces * perFace * embedder.dims) {
    throw new Error(
      `${embedder.file} answered ${output?.length ?? 0} numbers for ${faces} faces of ${embedder.dims}`,
    );
  }
  return crops.map((_, face) =>
    unitVector(Array.from({ length: perFace }, (_, i) => rowOf(output, face * perFace + i, embedder.dims))),
  );
}

function rowOf(output: Float32Array, row: number, dims: number): Float32Array {
  return output.subarray(row * dims, (row + 1) * dims);
}
