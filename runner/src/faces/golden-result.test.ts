import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawGoldenPicture } from './golden-picture.ts';
import { compareGoldenResults, writeGoldenResult } from './golden-result.ts';
import type { Detection } from './picture.ts';

const detection: Detection = {
  box: [10, 20, 110, 140],
  confidence: 0.9,
  landmarks: [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ],
};
const vector = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i * 1.7) / 16);
const expected = writeGoldenResult([detection], { starter: vector });

describe('the golden picture', () => {
  it('is the same bytes everywhere', () => {
    const digest = createHash('sha256').update(drawGoldenPicture().pixels).digest('hex');
    expect(digest).toBe('520a5492e003ad04369a43e91a8a35e93e76dcecc76ac32763deda3a08efd2c6');
  });
});

describe('compareGoldenResults', () => {
  it('passes what differs by rounding only', () => {
    const near = vector.map((value, i) => value + (i % 3) * 0.0005);
    const moved: Detection = { ...detection, box: [12, 21, 110, 137], confidence: 0.93 };
    expect(compareGoldenResults(expected, writeGoldenResult([moved], { starter: near }))).toBeNull();
  });

  it.each<[string, Detection[], Float32Array]>([
    ['the detector found 0 faces, expected 1', [], vector],
    ["the detector's box is off by 9.0 px", [{ ...detection, box: [19, 20, 110, 140] }], vector],
    ["the detector's confidence is off by 0.100", [{ ...detection, confidence: 0.8 }], vector],
    [
      'the vector of embedder starter is off by a cosine distance of 2.0000',
      [detection],
      vector.map((value) => -value),
    ],
  ])('says that %s', (sentence, detections, found) => {
    expect(compareGoldenResults(expected, writeGoldenResult(detections, { starter: found }))).toBe(sentence);
  });

  it('misses an embedder that did not answer, or answered nonsense', () => {
    expect(compareGoldenResults(expected, writeGoldenResult([detection], {}))).toBe(
      'embedder starter answered no vector',
    );
    const zeros = writeGoldenResult([detection], { starter: new Float32Array(512) });
    expect(compareGoldenResults(expected, zeros)).toContain('NaN');
  });
});
