import type { Embedder } from '../models/pack.ts';
import { cropSize } from '../models/pack.ts';
import { enlargeArea } from './enlarge-area.ts';
import { channelStarts, pixelGain } from './network-input.ts';

/** Network inputs per face: the crop, and its mirror image where the pack averages both. */
export function inputsPerFace(embedder: Embedder): number {
  return embedder.mirror ? 2 : 1;
}

/** Shape of the input for `rows` crops. */
export function embedderShape({ layout, size }: Embedder, rows: number): number[] {
  return layout === 'nchw' ? [rows, 3, size, size] : [rows, size, size, 3];
}

/** Writes the aligned crops (112 x 112 R,G,B), mirrored ones right after their originals, as the embedder wants them. */
export function fillEmbedderInput(crops: Uint8Array[], embedder: Embedder, input: Float32Array): void {
  const variants = embedder.mirror ? crops.flatMap((crop) => [crop, mirror(crop)]) : crops;
  variants.forEach((crop, row) => {
    // Mirrored first and enlarged after, the order of the sidecar.
    writeCrop(enlargeArea(crop, cropSize, embedder.size), row, embedder, input);
  });
}

function writeCrop(crop: Uint8Array, row: number, embedder: Embedder, input: Float32Array): void {
  const { gain, offset } = pixelGain(embedder);
  const area = embedder.size * embedder.size;
  const planar = embedder.layout === 'nchw';
  const [red, green, blue] = channelStarts(embedder.channels, planar ? area : 1);
  const step = planar ? 1 : 3;
  for (let from = 0, at = row * area * 3; from < area * 3; from += 3, at += step) {
    input[at + red] = (crop[from] ?? 0) * gain + offset;
    input[at + green] = (crop[from + 1] ?? 0) * gain + offset;
    input[at + blue] = (crop[from + 2] ?? 0) * gain + offset;
  }
}

function mirror(crop: Uint8Array): Uint8Array {
  const mirrored = new Uint8Array(crop.length);
  for (let y = 0; y < cropSize; y++) {
    for (let x = 0; x < cropSize; x++) {
      const from = (y * cropSize + x) * 3;
      const to = (y * cropSize + cropSize - 1 - x) * 3;
      mirrored[to] = crop[from] ?? 0;
      mirrored[to + 1] = crop[from + 1] ?? 0;
      mirrored[to + 2] = crop[from + 2] ?? 0;
    }
  }
  return mirrored;
}
