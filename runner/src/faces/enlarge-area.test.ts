import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { hasTestdata, needsTestdata, testdataPath } from '../../testing/faces/testdata.ts';
import { areaAxis, enlargeArea } from './enlarge-area.ts';

function rows(valueAt: (x: number, y: number) => number): Uint8Array {
  const crop = new Uint8Array(112 * 112 * 3);
  for (let i = 0; i < 112 * 112; i++) crop.fill(valueAt(i % 112, Math.floor(i / 112)), i * 3, i * 3 + 3);
  return crop;
}

const head = [
  0, 21, 42, 74, 100, 122, 148, 180, 201, 222, 3, 24, 45, 77, 103, 125, 151, 183, 204, 225, 6, 27, 48, 80,
];
const tail = [193, 225, 136, 11];

function expectRow(found: number[]): void {
  [...head.entries(), ...tail.map((value, i): [number, number] => [156 + i, value])].forEach(([i, value]) => {
    expect(Math.abs((found[i] ?? -9) - value), `output ${i}`).toBeLessThanOrEqual(1);
  });
}

describe('enlargeArea from 112 to 160', () => {
  it('weights columns as the AREA rule says', () => {
    const out = enlargeArea(
      rows((x) => (37 * x) % 256),
      112,
      160,
    );
    expectRow(Array.from({ length: 160 }, (_, d) => out[(80 * 160 + d) * 3 + 1] ?? -9));
  });

  it('weights rows as the AREA rule says', () => {
    const out = enlargeArea(
      rows((_, y) => (37 * y) % 256),
      112,
      160,
    );
    expectRow(Array.from({ length: 160 }, (_, d) => out[(d * 160 + 80) * 3 + 2] ?? -9));
  });

  it('leaves a crop of the right size alone', () => {
    const crop = rows((x) => x);
    expect(enlargeArea(crop, 112, 112)).toBe(crop);
  });
});

describe('areaAxis from 112 to 160', () => {
  const { source, first, second } = areaAxis(112, 160);

  it('takes pixel 62 for output 90, as the reciprocal of the scale in doubles gives it', () => {
    expect([...source.subarray(88, 93)]).toEqual([61, 62, 62, 63, 64]);
    expect([first[90], second[90]]).toEqual([2048, 0]);
  });

  it('takes floor(d * 0.7) everywhere else', () => {
    const exact = Array.from({ length: 160 }, (_, d) => Math.floor((d * 7) / 10));
    expect([...source].flatMap((pixel, d) => (pixel === exact[d] ? [] : [d]))).toEqual([90]);
  });

  it('has weights that add up to one, and none for a pixel behind the border', () => {
    expect(new Set(source.map((_, d) => (first[d] ?? 0) + (second[d] ?? 0)))).toEqual(new Set([2048]));
    expect([source[159], second[159]]).toEqual([111, 0]);
  });
});

const pixelsOf = async (name: string) =>
  new Uint8Array(
    await sharp(readFileSync(testdataPath(`resize/${name}`)))
      .raw()
      .toBuffer(),
  );

describe.runIf(hasTestdata)(`OpenCV's own enlargement of a face${needsTestdata}`, () => {
  it('is met in every byte of all 160 rows and columns', async () => {
    const found = enlargeArea(await pixelsOf('crop_112.png'), 112, 160);
    const expected = await pixelsOf('crop_112_to_160_area.png');
    expect(expected).toHaveLength(160 * 160 * 3);
    const wrong = [...expected.entries()].filter(([at, value]) => found[at] !== value).map(([at]) => at);
    const rows = new Set(wrong.map((at) => Math.floor(at / 480)));
    const columns = new Set(wrong.map((at) => Math.floor((at % 480) / 3)));
    expect({ rows: [...rows], columns: [...columns] }).toEqual({ rows: [], columns: [] });
  });
});
