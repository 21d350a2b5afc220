import { uuidOf } from '../../runner/testing/stash-box/performer.ts';
import type { ImageFault } from '../../runner/testing/stash-box/serve-image.ts';
import type { Cut } from './cut-picture.ts';
import { type Person, type SpoiledKind, type Variant, variants } from './people.ts';
import type { FaceBox, Photo } from './photos.ts';

/** How one picture is made, as plain data: the same plan makes the same bytes. */
export type PicturePlan = {
  id: string;
  photo: Photo;
  /** What the cut is centred on. */
  box: FaceBox;
  /** The faces that must not be seen. */
  hidden: FaceBox[];
  cut: Cut;
  /** Served instead of the whole JPEG. */
  served?: 'first half' | 'svg';
  fault?: ImageFault;
};

/** Six usable pictures of everybody. A little wider than 2:3, so that a stash-box lists the spoiled ones before them. */
const VARIANTS: Record<Variant, Cut> = {
  portrait: { zoom: 2.2, shape: 0.69, height: 720 },
  tighter: { zoom: 2, shape: 0.71, height: 660 },
  wider: { zoom: 2.6, shape: 0.69, height: 860 },
  mirrored: { zoom: 2.3, shape: 0.69, height: 760, mirror: true },
  brighter: { zoom: 2.2, shape: 0.7, height: 700, brightness: 1.12 },
  turned: { zoom: 2.2, shape: 0.69, height: 740, turn: -6 },
};

const SPOILED_CUT: Cut = { zoom: 2.2, shape: 2 / 3, height: 900 };

/** The upper left corner of every photo shows a wall, a door or stairs. */
const WALL: FaceBox = { left: 70, top: 120, width: 180, height: 240, tilt: 0 };

/** All pictures of one person: the spoiled ones, then one of each variant. */
export function planPictures(person: Person, photos: readonly Photo[]): PicturePlan[] {
  const { photo, face } = faceOf(person, photos);
  const spoiled = person.spoiled.map((kind) => ({
    id: uuidOf(`demo picture ${person.key} ${kind}`),
    photo,
    ...spoil(kind, face, photo),
  }));
  const usable = variants.map((variant) => ({
    id: uuidOf(`demo picture ${person.key} ${variant}`),
    photo,
    box: face,
    hidden: othersThan([face], photo),
    cut: VARIANTS[variant],
    fault: faultOf(person, variant),
  }));
  return [...spoiled, ...usable];
}

function faceOf(person: Person, photos: readonly Photo[]): { photo: Photo; face: FaceBox } {
  const [name, number] = person.face.split('/');
  const photo = photos.find((one) => one.name === name);
  const face = photo?.faces[Number(number) - 1];
  if (!photo || !face)
    throw new Error(`people.yaml: ${person.key} has the face ${person.face}, which no photo holds`);
  return { photo, face };
}

function faultOf(person: Person, variant: Variant): ImageFault | undefined {
  if (person.slow === variant) return { kind: 'slow', delayMs: 1500 };
  if (person.throttled === variant) return { kind: 'throttled', times: 1, retryAfterS: 1 };
  return undefined;
}

type Spoiled = Omit<PicturePlan, 'id' | 'photo'>;

function spoil(kind: SpoiledKind, face: FaceBox, photo: Photo): Spoiled {
  const alone: Spoiled = { box: face, hidden: othersThan([face], photo), cut: SPOILED_CUT };
  const kinds: Record<SpoiledKind, () => Spoiled> = {
    no_face: () => ({ ...alone, hidden: photo.faces, box: WALL }),
    too_small: () => ({ ...alone, cut: { ...SPOILED_CUT, height: 280 } }),
    face_too_small: () => ({ ...alone, cut: { zoom: 7.5, shape: 2 / 3, height: 460 } }),
    two_faces: () => withNeighbour(face, photo),
    broken: () => ({ ...alone, served: 'first half' }),
    svg: () => ({ ...alone, served: 'svg' }),
    missing: () => ({ ...alone, fault: { kind: 'missing' } }),
    truncated: () => ({ ...alone, fault: { kind: 'truncated', atByte: 20_000 } }),
  };
  return kinds[kind]();
}

/** The face and the nearest other one, everybody else hidden. */
function withNeighbour(face: FaceBox, photo: Photo): Spoiled {
  const distance = (other: FaceBox) => Math.hypot(other.left - face.left, other.top - face.top);
  const [nearest] = othersThan([face], photo).sort((a, b) => distance(a) - distance(b));
  if (!nearest) throw new Error(`${photo.name} holds one face only: no picture of two can be cut from it`);
  const box = around(face, nearest);
  const shape = 2 / 3;
  const zoom = (1.2 * Math.max(box.width / shape, box.height)) / box.height;
  return { box, hidden: othersThan([face, nearest], photo), cut: { zoom, shape, height: 1100 } };
}

function around(a: FaceBox, b: FaceBox): FaceBox {
  const [left, top] = [Math.min(a.left, b.left), Math.min(a.top, b.top)];
  const right = Math.max(a.left + a.width, b.left + b.width);
  const bottom = Math.max(a.top + a.height, b.top + b.height);
  return { left, top, width: right - left, height: bottom - top, tilt: 0 };
}

function othersThan(faces: readonly FaceBox[], photo: Photo): FaceBox[] {
  return photo.faces.filter((one) => !faces.includes(one));
}
