import { expect, it } from 'vitest';
import type { Detection, Picture } from '../picture.ts';
import type { Window } from '../resample.ts';
import { findFaces } from './find-faces.ts';
import type { FaceDetector } from './open-detector.ts';

const picture: Picture = { width: 300, height: 401, pixels: new Uint8Array(300 * 401 * 3) };
const face: Detection = {
  box: [1, 2, 290, 390],
  confidence: 0.9,
  landmarks: [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ],
};

/** A detector that knows a face only in windows at least this wide. */
function seeing(minWidth: number): { detector: FaceDetector; windows: Window[] } {
  const windows: Window[] = [];
  const detector: FaceDetector = {
    async detect(_, window) {
      windows.push(window);
      return window.width >= minWidth ? [face] : [];
    },
    async close() {},
  };
  return { detector, windows };
}

it('looks once when the first look finds a face', async () => {
  const { detector, windows } = seeing(0);
  await expect(findFaces(detector, picture)).resolves.toEqual([face]);
  expect(windows).toEqual([{ x: 0, y: 0, width: 300, height: 401 }]);
});

it('looks again with half a picture of border on every side when it finds none', async () => {
  const { detector, windows } = seeing(301);
  await expect(findFaces(detector, picture)).resolves.toEqual([face]);
  expect(windows[1]).toEqual({ x: -150, y: -201, width: 600, height: 803 });
});

it('finds nothing where there is nothing', async () => {
  const { detector, windows } = seeing(9999);
  await expect(findFaces(detector, picture)).resolves.toEqual([]);
  expect(windows).toHaveLength(2);
});
