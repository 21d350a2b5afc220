import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import type { FaceBox } from './photos.ts';

/** A decoded photo: 8 bit, three channels. */
export type Pixels = { data: Buffer; width: number; height: number };

/** How one picture shows a face. */
export type Cut = {
  /** Height of the cut, in heights of the face. */
  zoom: number;
  /** Width by height. */
  shape: number;
  /** px of the finished picture. */
  height: number;
  /** Degrees, clockwise, away from upright. */
  turn?: number;
  mirror?: boolean;
  brightness?: number;
};

/** The face stands this much of its height above the middle, as in a portrait. */
const RAISED = 0.18;
const JPEG = { quality: 88, chromaSubsampling: '4:4:4' } as const;

export async function decodePhoto(path: string): Promise<Pixels> {
  return pixelsOf(sharp(path).removeAlpha());
}

/**
 * The photo with these faces frosted over: what is left of each is a 3x3 smear of its colours with a soft edge, in which no
 * detector finds a face. High-trust sources turn pictures with a second face down.
 */
export async function hideFaces(photo: Pixels, faces: readonly FaceBox[]): Promise<Pixels> {
  const patches = await Promise.all(faces.map((face) => frostedPatch(photo, face)));
  return pixelsOf(open(photo).composite(patches));
}

async function frostedPatch(photo: Pixels, face: FaceBox): Promise<OverlayOptions> {
  const area = within(photo, grown(face, 1.35));
  const smear = await open(photo).extract(area).resize(3, 3, { fit: 'fill' }).png().toBuffer();
  const input = await sharp(smear)
    .resize(area.width, area.height, { fit: 'fill', kernel: 'cubic' })
    .ensureAlpha()
    .composite([{ input: softEllipse(area.width, area.height), blend: 'dest-in' }])
    .png()
    .toBuffer();
  return { input, left: area.left, top: area.top };
}

function softEllipse(width: number, height: number): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <radialGradient id="soft"><stop offset="0.8"/><stop offset="1" stop-opacity="0"/></radialGradient>
    <ellipse cx="50%" cy="50%" rx="50%" ry="50%" fill="url(#soft)"/></svg>`);
}

/** Cuts one face out, upright but for `cut.turn`. Returns JPEG bytes, the same ones each time. */
export async function cutFace(photo: Pixels, face: FaceBox, cut: Cut): Promise<Buffer> {
  const height = Math.round(face.height * cut.zoom);
  const width = Math.round(height * cut.shape);
  const upright = await pixelsOf(
    open(await squareAround(photo, face, height, width)).rotate((cut.turn ?? 0) - face.tilt),
  );
  const left = Math.round((upright.width - width) / 2);
  const top = Math.round((upright.height - height) / 2 + face.height * RAISED);
  return open(upright)
    .extract({ left, top, width, height })
    .flop(cut.mirror ?? false)
    .modulate({ brightness: cut.brightness ?? 1 })
    .resize({ height: cut.height })
    .jpeg(JPEG)
    .toBuffer();
}

/** A square around the face, big enough that its turned middle holds a `width` x `height` cut; edge pixels go on outside. */
async function squareAround(photo: Pixels, face: FaceBox, height: number, width: number): Promise<Pixels> {
  const side = Math.ceil(Math.hypot(width, height + 2 * RAISED * face.height)) + 4;
  const left = Math.round(face.left + face.width / 2 - side / 2);
  const top = Math.round(face.top + face.height / 2 - side / 2);
  const inside = within(photo, { left, top, width: side, height: side });
  const outside = {
    left: inside.left - left,
    top: inside.top - top,
    right: left + side - inside.left - inside.width,
    bottom: top + side - inside.top - inside.height,
  };
  return pixelsOf(
    open(photo)
      .extract(inside)
      .extend({ ...outside, extendWith: 'copy' }),
  );
}

type Area = { left: number; top: number; width: number; height: number };

function grown({ left, top, width, height }: Area, factor: number): Area {
  return {
    left: Math.round(left - (width * (factor - 1)) / 2),
    top: Math.round(top - (height * (factor - 1)) / 2),
    width: Math.round(width * factor),
    height: Math.round(height * factor),
  };
}

function within(photo: Pixels, area: Area): Area {
  const left = Math.max(0, area.left);
  const top = Math.max(0, area.top);
  const width = Math.min(photo.width, area.left + area.width) - left;
  const height = Math.min(photo.height, area.top + area.height) - top;
  return { left, top, width, height };
}

function open({ data, width, height }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
