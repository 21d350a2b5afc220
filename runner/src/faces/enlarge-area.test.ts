import { describe, expect, it } from 'vitest';
import { enlargeArea } from './enlarge-area.ts';

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
