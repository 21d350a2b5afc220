import type { Landmarks, Picture } from './picture.ts';

/** Side of the golden picture in px. */
export const goldenSize = 400;

/** Where the drawing has its eyes, nose and mouth corners: embedders are tested with these, whatever the detector says. */
export const goldenLandmarks: Landmarks = [
  [165, 186],
  [235, 186],
  [200, 228],
  [176, 271],
  [224, 271],
];

type Colour = readonly [number, number, number];

/** One soft-edged ellipse of the drawing; lengths in px of the picture. */
interface Blob {
  x: number;
  y: number;
  radiusX: number;
  radiusY: number;
  colour: Colour;
  /** Share of the radius over which the edge fades. */
  softness: number;
}

/** A face of ellipses, from back to front: crude, and enough for a detector to be sure of. */
const blobs: Blob[] = [
  { x: 200, y: 190, radiusX: 108, radiusY: 140, colour: [58, 40, 30], softness: 0.1 },
  { x: 200, y: 340, radiusX: 58, radiusY: 80, colour: [190, 145, 120], softness: 0.15 },
  { x: 200, y: 205, radiusX: 84, radiusY: 112, colour: [222, 178, 150], softness: 0.15 },
  { x: 158, y: 232, radiusX: 26, radiusY: 22, colour: [226, 165, 142], softness: 0.9 },
  { x: 242, y: 232, radiusX: 26, radiusY: 22, colour: [226, 165, 142], softness: 0.9 },
  { x: 165, y: 168, radiusX: 24, radiusY: 6, colour: [70, 48, 36], softness: 0.5 },
  { x: 235, y: 168, radiusX: 24, radiusY: 6, colour: [70, 48, 36], softness: 0.5 },
  { x: 165, y: 186, radiusX: 19, radiusY: 9, colour: [242, 240, 236], softness: 0.3 },
  { x: 235, y: 186, radiusX: 19, radiusY: 9, colour: [242, 240, 236], softness: 0.3 },
  { x: 166, y: 186, radiusX: 8, radiusY: 8, colour: [52, 62, 58], softness: 0.3 },
  { x: 234, y: 186, radiusX: 8, radiusY: 8, colour: [52, 62, 58], softness: 0.3 },
  { x: 200, y: 212, radiusX: 9, radiusY: 30, colour: [232, 192, 166], softness: 0.9 },
  { x: 200, y: 238, radiusX: 17, radiusY: 9, colour: [196, 142, 118], softness: 0.7 },
  { x: 192, y: 242, radiusX: 5, radiusY: 3, colour: [120, 78, 66], softness: 0.6 },
  { x: 208, y: 242, radiusX: 5, radiusY: 3, colour: [120, 78, 66], softness: 0.6 },
  { x: 200, y: 272, radiusX: 31, radiusY: 10, colour: [178, 92, 90], softness: 0.4 },
  { x: 200, y: 271, radiusX: 28, radiusY: 2, colour: [110, 48, 50], softness: 0.6 },
];

/**
 * A picture of a face, drawn by arithmetic so that no file of a real person has to come along: the same bytes everywhere,
 * for comparing what models compute on this machine with what they should.
 */
export function drawGoldenPicture(): Picture {
  const pixels = new Uint8Array(goldenSize * goldenSize * 3);
  for (let y = 0, at = 0; y < goldenSize; y++) {
    for (let x = 0; x < goldenSize; x++, at += 3) pixels.set(colourAt(x, y), at);
  }
  return { width: goldenSize, height: goldenSize, pixels };
}

function colourAt(x: number, y: number): Colour {
  let colour: Colour = [96 + y / 8, 120 + x / 16, 140 - y / 10];
  for (const blob of blobs) {
    const distance = Math.hypot((x - blob.x) / blob.radiusX, (y - blob.y) / blob.radiusY);
    const cover = Math.min(1, Math.max(0, (1 - distance) / blob.softness));
    if (cover > 0) colour = mix(colour, blob.colour, cover);
  }
  // Light from the left, as a drawing without shade has little that a network looks at.
  const light = 1.08 - x / 2500;
  return [clip(colour[0] * light), clip(colour[1] * light), clip(colour[2] * light)];
}

function mix(from: Colour, to: Colour, share: number): Colour {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}

function clip(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
