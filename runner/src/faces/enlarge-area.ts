/** OpenCV's `INTER_RESIZE_COEF_SCALE`: weights of 8-bit pictures are whole numbers of 1/2048. */
const WEIGHT_ONE = 2048;

/** One axis of an enlargement: for each output pixel the source pixel, and the weights of it and of the next one. */
export interface AreaAxis {
  source: Int32Array;
  /** Weight of the source pixel, in 1/2048. */
  first: Int32Array;
  /** Weight of the pixel after it, in 1/2048; 0 at the border, where there is none. */
  second: Int32Array;
}

/**
 * Enlarges a square R,G,B crop as OpenCV's `INTER_AREA` does for 8-bit pictures, byte for byte: the sidecar's FaceNet sees faces
 * through that function. For enlargements it is neither plain bilinear nor an average (imgproc/src/resize.cpp).
 *
 * @param crop `size` x `size` x 3
 * @returns `outSize` x `outSize` x 3; the crop itself when the sizes are equal
 */
export function enlargeArea(crop: Uint8Array, size: number, outSize: number): Uint8Array {
  if (size === outSize) return crop;
  const axis = areaAxis(size, outSize);
  return enlargeRows(enlargeColumns(crop, size, axis), size, axis);
}

/**
 * Source pixels and weights along one axis, in the order of OpenCV's operations: `scale` is the reciprocal of a quotient, so
 * for 112 to 160 pixel 90 begins at 90 * 0.7 = 62.99999999999999, which is source pixel 62 and not 63.
 */
export function areaAxis(size: number, outSize: number): AreaAxis {
  const inverseScale = outSize / size;
  const scale = 1 / inverseScale;
  const axis = {
    source: new Int32Array(outSize),
    first: new Int32Array(outSize),
    second: new Int32Array(outSize),
  };
  for (let at = 0; at < outSize; at++) {
    const source = Math.min(Math.floor(at * scale), size - 1);
    const reach = Math.fround(at + 1 - (source + 1) * inverseScale);
    const fraction = reach <= 0 || source === size - 1 ? 0 : Math.fround(reach - Math.floor(reach));
    axis.source[at] = source;
    axis.first[at] = roundHalfEven(Math.fround(1 - fraction) * WEIGHT_ONE);
    axis.second[at] = roundHalfEven(fraction * WEIGHT_ONE);
  }
  return axis;
}

/** @returns `size` rows of `outSize` x 3 values, each 2048 times a pixel */
function enlargeColumns(crop: Uint8Array, size: number, { source, first, second }: AreaAxis): Int32Array {
  const outSize = source.length;
  const wide = new Int32Array(size * outSize * 3);
  for (let y = 0, into = 0; y < size; y++) {
    for (let x = 0; x < outSize; x++) {
      const column = source[x] ?? 0;
      const from = (y * size + column) * 3;
      const next = column + 1 < size ? from + 3 : from;
      const [w0, w1] = [first[x] ?? 0, second[x] ?? 0];
      for (let c = 0; c < 3; c++) wide[into++] = (crop[from + c] ?? 0) * w0 + (crop[next + c] ?? 0) * w1;
    }
  }
  return wide;
}

function enlargeRows(wide: Int32Array, size: number, { source, first, second }: AreaAxis): Uint8Array {
  const outSize = source.length;
  const stride = outSize * 3;
  const out = new Uint8Array(outSize * stride);
  for (let y = 0, into = 0; y < outSize; y++) {
    const row = source[y] ?? 0;
    const from = row * stride;
    const next = row + 1 < size ? from + stride : from;
    const [w0, w1] = [first[y] ?? 0, second[y] ?? 0];
    for (let x = 0; x < stride; x++) {
      // OpenCV drops four bits before the product and sixteen after it, so that its vector code fits in 16 bits.
      const upper = (w0 * ((wide[from + x] ?? 0) >> 4)) >> 16;
      const lower = (w1 * ((wide[next + x] ?? 0) >> 4)) >> 16;
      out[into++] = (upper + lower + 2) >> 2;
    }
  }
  return out;
}

/** OpenCV's `saturate_cast` from float: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
