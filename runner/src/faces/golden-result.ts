import type { GoldenResult } from '../models/pack.ts';
import type { Embeddings } from './onnx/open-embedders.ts';
import type { Detection } from './picture.ts';
import { cosineDistance } from './unit-vector.ts';

/** A GPU in TF32 moves a vector by about 1e-4; a wrong channel order or scale moves it by more than 1e-2. */
const maxCosineDistance = 0.002;
const maxBoxDifferencePx = 5;
const maxConfidenceDifference = 0.05;

/** Packs what the models made of the golden picture: vectors as int8, base64 (684 characters for 512 numbers). */
export function writeGoldenResult(detections: Detection[], embeddings: Embeddings): GoldenResult {
  return {
    faces: detections.map(({ box, confidence }) => ({
      box: [tenths(box[0]), tenths(box[1]), tenths(box[2]), tenths(box[3])],
      confidence: Math.round(confidence * 1000) / 1000,
    })),
    embeddings: Object.fromEntries(
      Object.entries(embeddings).map(([id, vector]) => [id, encodeVector(vector)]),
    ),
  };
}

/** What differs between two results beyond rounding and hardware, as one sentence; null when they agree. */
export function compareGoldenResults(expected: GoldenResult, found: GoldenResult): string | null {
  if (expected.faces.length !== found.faces.length) {
    return `the detector found ${found.faces.length} faces, expected ${expected.faces.length}`;
  }
  for (const [i, face] of expected.faces.entries()) {
    const other = found.faces[i];
    const moved = Math.max(...face.box.map((edge, e) => Math.abs(edge - (other?.box[e] ?? Number.NaN))));
    const confidence = Math.abs(face.confidence - (other?.confidence ?? Number.NaN));
    if (!(moved <= maxBoxDifferencePx)) return `the detector's box is off by ${moved.toFixed(1)} px`;
    if (!(confidence <= maxConfidenceDifference))
      return `the detector's confidence is off by ${confidence.toFixed(3)}`;
  }
  return compareEmbeddings(expected, found);
}

function compareEmbeddings(expected: GoldenResult, found: GoldenResult): string | null {
  for (const [id, vector] of Object.entries(expected.embeddings)) {
    const other = found.embeddings[id];
    if (!other) return `embedder ${id} answered no vector`;
    const distance = cosineDistance(decodeVector(vector), decodeVector(other));
    if (!(distance <= maxCosineDistance)) {
      return `the vector of embedder ${id} is off by a cosine distance of ${distance.toFixed(4)}`;
    }
  }
  return null;
}

function encodeVector(vector: Float32Array): string {
  const peak = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return Buffer.from(Int8Array.from(vector, (value) => Math.round((value / peak) * 127)).buffer).toString(
    'base64',
  );
}

function decodeVector(base64: string): Float32Array {
  const vector = Float32Array.from(new Int8Array(Buffer.from(base64, 'base64')));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
