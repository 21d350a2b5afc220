/** A decoded image: 8-bit R,G,B samples, row by row, `width * height * 3` bytes. */
export interface Picture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** x1, y1, x2, y2 in px of the upright picture; may stick out of it. */
export type Box = [number, number, number, number];

export type Point = [number, number];

/** Eye on the image's left, eye on its right, nose, mouth corner left, mouth corner right; in px, not rounded. */
export type Landmarks = [Point, Point, Point, Point, Point];

/** What a detector finds: coordinates in px of the picture, `confidence` 0 to 1. */
export interface Detection {
  box: Box;
  landmarks: Landmarks;
  confidence: number;
}
