import { describe, expect, it } from 'vitest';
import { clusterVector, sampleFace, sampleImage } from '../../testing/catalog/samples.ts';
import type { AnalysedFace } from '../faces/engine.ts';
import { dropExcludedFaces } from './drop-excluded-faces.ts';

const [excluded, other] = [clusterVector(1, 1), clusterVector(2, 1)];
const judge = (vector: Float32Array) => (vector[0] === excluded[0] ? 4 : null);
const face = (vector: Float32Array): AnalysedFace => ({
  box: [0, 0, 10, 10],
  landmarks: [
    [1, 1],
    [2, 1],
    [1, 2],
    [1, 3],
    [2, 3],
  ],
  confidence: 1,
  yawDegrees: 0,
  quality: 1,
  rejection: null,
  embeddings: { facenet: vector },
});
const outcome = sampleImage('https://x/1', []);
const analysed = (...faces: AnalysedFace[]) =>
  dropExcludedFaces(
    { kind: 'analysed', analysis: { width: 9, height: 9, sha256: '', reason: null, faces }, outcome },
    'facenet',
    judge,
  );
const recalled = (...vectors: Float32Array[]) =>
  dropExcludedFaces(
    {
      kind: 'outcome',
      outcome: sampleImage(
        'https://x/1',
        vectors.map((vector) => sampleFace(vector)),
      ),
    },
    'facenet',
    judge,
  );

const bare = { outcome: 'rejected', reason: 'excluded', faces: [], sha256: null, widthPx: null };

describe('an excluded face', () => {
  it('alone on a picture has it rejected, whether the picture was looked at now or is known from before', () => {
    for (const { check, exclusion } of [analysed(face(excluded)), recalled(excluded)]) {
      expect(exclusion).toBe(4);
      expect(check).toMatchObject({ kind: 'outcome', outcome: bare });
    }
  });

  it('beside another one is taken out, and the picture is judged by the other', () => {
    const now = analysed(face(excluded), face(other));
    expect(now).toMatchObject({ exclusion: 4, check: { kind: 'analysed' } });
    expect(now.check.kind === 'analysed' && now.check.analysis.faces).toEqual([face(other)]);
    const before = recalled(other, excluded);
    expect(before.check.kind === 'outcome' && before.check.outcome.faces).toEqual([sampleFace(other)]);
  });

  it('is nobody else’s: such pictures are left as they are', () => {
    for (const { check, exclusion } of [analysed(face(other)), recalled(other), recalled()]) {
      expect(exclusion).toBeNull();
      expect(check).not.toMatchObject({ outcome: bare });
    }
  });
});
