import sharp from 'sharp';
import { ImageError } from './errors.ts';
import type { Picture } from './picture.ts';
import { recogniseFormat } from './recognise-format.ts';

/** 50 megapixels are 150 MB decoded: more than any portrait needs, and what a runner of 2 GB can hold a few times. */
export const defaultMaxPixels = 50_000_000;

/** A whole picture takes a second at most; a crafted one must not hold its thread for ever. */
const maxDecodeSeconds = 30;

/**
 * Decodes bytes to an upright 8-bit sRGB picture: first frame of animations, alpha dropped without compositing, grey spread
 * over three channels, CMYK and 16 bit converted, embedded RGB profiles ignored as the sidecar ignores them.
 *
 * EXIF orientation is applied although the sidecar's query side does not: query pictures are video frames and screenshots,
 * which have none, and a detector misses faces that lie on their side, so a database face must come from an upright picture.
 *
 * @throws ImageError when the content is not a whole picture of a known format within `maxPixels`
 */
export async function decodeImage(bytes: Uint8Array, maxPixels: number = defaultMaxPixels): Promise<Picture> {
  const format = recogniseFormat(bytes);
  try {
    const { data, info } = await sharp(bytes, {
      failOn: 'error',
      limitInputPixels: maxPixels,
      ignoreIcc: true,
    })
      .timeout({ seconds: maxDecodeSeconds })
      .autoOrient()
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: toThreeChannels(data, info.channels) };
  } catch (cause) {
    throw explain(cause, format, maxPixels);
  }
}

function toThreeChannels(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  const pixels = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels) {
    const grey = data[from] ?? 0;
    pixels[to++] = grey;
    pixels[to++] = grey;
    pixels[to++] = grey;
  }
  return pixels;
}

function explain(cause: unknown, format: string, maxPixels: number): ImageError {
  const firstLine = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  const reason = firstLine.replace(/[\s:.]+$/, '');
  if (/pixel limit/i.test(reason)) {
    return new ImageError(
      'too_many_pixels',
      `The ${format} header claims more than the limit of ${Math.round(maxPixels / 1e6)} megapixels; it was not decoded.`,
      { cause },
    );
  }
  return new ImageError('damaged_image', `The ${format} picture is damaged or cut off: ${reason}.`, {
    cause,
  });
}
