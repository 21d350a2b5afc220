/** The part of a model's description that says how a pixel becomes a network value. */
export interface PixelPreprocessing {
  channels: 'rgb' | 'bgr';
  mean: number;
  scale: number;
}

/** (value - mean) / scale as value * gain + offset. */
export function pixelGain({ mean, scale }: PixelPreprocessing): { gain: number; offset: number } {
  return { gain: 1 / scale, offset: -mean / scale };
}

/** Where red, green and blue start when channels lie `distance` samples apart in the model's order. */
export function channelStarts(channels: 'rgb' | 'bgr', distance: number): [number, number, number] {
  return channels === 'rgb' ? [0, distance, distance * 2] : [distance * 2, distance, 0];
}
