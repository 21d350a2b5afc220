/**
 * Enlarges a square R,G,B crop as OpenCV's AREA interpolation does. For enlargements that is not plain bilinear: source
 * s = floor(d * in / out), weight of the next pixel f = (d + 1) - (s + 1) * out / in, its fraction when positive, else 0.
 */
export function enlargeArea(crop: Uint8Array, size: number, outSize: number): Uint8Array {
  if (size === outSize) return crop;
  const axis = areaAxis(size, outSize);
  const wide = new Float32Array(size * outSize * 3);
  for (let y = 0; y < size; y++) {
    for (let d = 0; d < outSize; d++) {
      const from = (y * size + (axis.source[d] ?? 0)) * 3;
      const weight = axis.weight[d] ?? 0;
      mix(crop, from, from + axis.step(d) * 3, weight, wide, (y * outSize + d) * 3, 0);
    }
  }
  const out = new Uint8Array(outSize * outSize * 3);
  const stride = outSize * 3;
  for (let d = 0; d < outSize; d++) {
    const from = (axis.source[d] ?? 0) * stride;
    const next = from + axis.step(d) * stride;
    const weight = axis.weight[d] ?? 0;
    for (let x = 0; x < stride; x += 3) mix(wide, from + x, next + x, weight, out, d * stride + x, 0.5);
  }
  return out;
}

function areaAxis(size: number, outSize: number) {
  const source = new Int32Array(outSize);
  const weight = new Float64Array(outSize);
  for (let d = 0; d < outSize; d++) {
    const s = Math.floor((d * size) / outSize);
    const f = d + 1 - ((s + 1) * outSize) / size;
    source[d] = s;
    weight[d] = f <= 0 || s + 1 >= size ? 0 : f - Math.floor(f);
  }
  /** 1 while there is a next pixel, 0 at the border. */
  const step = (d: number) => ((source[d] ?? 0) + 1 < size ? 1 : 0);
  return { source, weight, step };
}

function mix(
  from: Uint8Array | Float32Array,
  first: number,
  second: number,
  weight: number,
  into: Uint8Array | Float32Array,
  at: number,
  rounding: number,
): void {
  for (let c = 0; c < 3; c++) {
    into[at + c] = (from[first + c] ?? 0) * (1 - weight) + (from[second + c] ?? 0) * weight + rounding;
  }
}
