/** The part of a model's description that says how a pixel becomes a network value. */
export interface PixelPreprocessing {
  channels: 'rgb' | 'bgr';
  mean: number;
  scale: number;
}

/** (value - mean) / scale for all 256 levels: a look-up costs less than the arithmetic, per pixel and channel. */
export function pixelLevels({ mean, scale }: PixelPreprocessing): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value - mean) / scale);
}

/** Where red, green and blue start when channels lie `distance` samples apart in the model's order. */
export function channelStarts(channels: 'rgb' | 'bgr', distance: number): [number, number, number] {
  return channels === 'rgb' ? [0, distance, distance * 2] : [distance * 2, distance, 0];
}
