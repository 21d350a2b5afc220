import { readdirSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { hasTestdata, needsTestdata, readTestdata, testdataPath } from '../../testing/faces/testdata.ts';
import { decodeImage } from './decode-image.ts';
import { ImageError } from './errors.ts';
import type { Picture } from './picture.ts';

/** Size of the decoded picture, or code and sentence of the refusal. */
type Outcome = [width: number, height: number] | [code: string, sentence: RegExp];

const brokenFiles: Record<string, Outcome> = {
  'bad_crc.png': ['damaged_image', /^The png picture is damaged or cut off: .*libpng read error\.$/],
  'bomb_header_60000x60000.png': [
    'too_many_pixels',
    /^The png header claims more than the limit of 50 megapixels/,
  ],
  'claims_65500x65500.jpg': [
    'too_many_pixels',
    /^The jpeg header claims more than the limit of 50 megapixels/,
  ],
  'empty.jpg': ['empty_file', /^The file is empty \(0 bytes\)\.$/],
  'extreme_aspect_16000x2.jpg': [16_000, 2],
  'git_lfs_pointer.jpg': ['not_an_image', /Git LFS pointer/],
  'html_saved_as.jpg': ['not_an_image', /an HTML page/],
  'jpeg_named.png': [512, 512],
  'jpeg_with_trailing_garbage.jpg': [500, 375],
  'one_pixel.png': [1, 1],
  'png_named.jpg': [384, 384],
  'random_bytes.jpg': ['not_an_image', /4096 bytes of no known picture format/],
  'sharp_corrupt_header.jpg': ['damaged_image', /corrupt header/],
  'sharp_truncated.jpg': ['damaged_image', /premature end of JPEG/],
  'sharp_truncated.png': ['damaged_image', /libpng read error/],
  'svg_saved_as.jpg': [
    'unsupported_format',
    /an SVG drawing; pictures must be JPEG, PNG, WebP, AVIF, GIF or TIFF/,
  ],
  'text_saved_as.png': ['not_an_image', /plain text/],
  'truncated_100_bytes.jpg': ['damaged_image', /premature end of JPEG/],
  'truncated_half.avif': ['damaged_image', /^The avif picture is damaged or cut off/],
  'truncated_half.gif': ['damaged_image', /^The gif picture is damaged or cut off/],
  'truncated_half.jpg': ['damaged_image', /premature end of JPEG/],
  'truncated_half.png': ['damaged_image', /libpng read error/],
  'truncated_last_byte_missing.jpg': ['damaged_image', /premature end of JPEG/],
  'zero_size_0x0.png': [
    'damaged_image',
    /^The png picture is damaged or cut off: Input buffer has corrupt header\.$/,
  ],
};

describe.runIf(hasTestdata)(`decodeImage on broken and tricky files${needsTestdata}`, () => {
  it('knows every file of the folder', () => {
    expect(Object.keys(brokenFiles).sort()).toEqual(readdirSync(testdataPath('broken')).sort());
  });

  it.each(Object.entries(brokenFiles))('%s: %s', async (name, [first, second]) => {
    const decoding = decodeImage(readTestdata(`broken/${name}`));
    if (typeof first === 'number') {
      await expect(decoding).resolves.toMatchObject({ width: first, height: second });
      return;
    }
    const error = await decoding.catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(ImageError);
    expect(error).toMatchObject({ code: first, message: expect.stringMatching(String(second).slice(1, -1)) });
  });
});

/** Means of the three channels. */
function colourOf({ pixels }: Picture): number[] {
  const sums = [0, 0, 0];
  pixels.forEach((value, i) => {
    sums[i % 3] = (sums[i % 3] ?? 0) + value;
  });
  return sums.map((sum) => Math.round((sum * 3) / pixels.length));
}

describe.runIf(hasTestdata)(`decodeImage on formats${needsTestdata}`, () => {
  const plain = () => decodeImage(readTestdata('photos/portrait/astronaut.png')).then(colourOf);

  it.each([
    'astronaut.avif',
    'astronaut_10bit.avif',
    'astronaut.gif',
    'astronaut.tiff',
    'astronaut.webp',
    'astronaut_16bit.png',
    'astronaut_interlaced.png',
    'astronaut_palette.png',
    'astronaut_progressive_444.jpg',
    'astronaut_cmyk.jpg',
  ])('gives %s the colours of the original', async (name) => {
    const picture = await decodeImage(readTestdata(`photos/formats/${name}`));
    expect(picture.pixels).toHaveLength(picture.width * picture.height * 3);
    const [expected, found] = [await plain(), colourOf(picture)];
    // CMYK loses some gamut.
    found.forEach((level, c) => {
      expect(Math.abs(level - (expected[c] ?? 0)), `channel ${c}`).toBeLessThanOrEqual(12);
    });
  });

  it.each(['astronaut_gray.jpg', 'astronaut_16bit_gray.png'])(
    'spreads %s over three equal channels',
    async (name) => {
      const [red, green, blue] = colourOf(await decodeImage(readTestdata(`photos/formats/${name}`)));
      expect([green, blue]).toEqual([red, red]);
      expect(red).toBeGreaterThan(90);
      expect(red).toBeLessThan(140);
    },
  );

  it.each(['group_animated_3frames.gif', 'group_animated_3frames.webp'])(
    'takes the first frame of %s',
    async (name) => {
      const picture = await decodeImage(readTestdata(`photos/formats/${name}`));
      expect([picture.width, picture.height]).toEqual([320, 240]);
    },
  );
});

describe('decodeImage', () => {
  const base = { width: 4, height: 2, channels: 3 as const, background: { r: 10, g: 20, b: 30 } };

  it('turns a picture upright as its EXIF orientation says', async () => {
    const sideways = await sharp({ create: base }).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    await expect(decodeImage(sideways)).resolves.toMatchObject({ width: 2, height: 4 });
  });

  it('drops alpha without mixing anything behind it', async () => {
    const clear = await sharp({
      create: { ...base, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0.1 } },
    })
      .png()
      .toBuffer();
    const { pixels } = await decodeImage(clear);
    expect([...pixels.subarray(0, 3)]).toEqual([200, 100, 50]);
  });

  it('refuses a picture over the given limit and names the limit', async () => {
    const large = await sharp({ create: { ...base, width: 2000, height: 2000 } })
      .png()
      .toBuffer();
    await expect(decodeImage(large, 3_000_000)).rejects.toThrow(
      'The png header claims more than the limit of 3 megapixels; it was not decoded.',
    );
  });

  it('refuses formats by their content, not their name', async () => {
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic')]);
    await expect(decodeImage(heic)).rejects.toThrow('an ISO media file of brand "heic" (HEIC or video)');
    await expect(decodeImage(Buffer.from('BM......'))).rejects.toThrow('a BMP picture');
    await expect(decodeImage(Buffer.from('%PDF-1.7'))).rejects.toThrow('a PDF document');
  });
});
