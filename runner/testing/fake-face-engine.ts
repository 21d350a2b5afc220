import { createHash } from 'node:crypto';
import type { FaceEngine, ImageAnalysis } from '../src/faces/engine.ts';
import { EngineError, ImageError } from '../src/faces/errors.ts';
import { judgeFaces } from '../src/faces/judge-faces.ts';
import type { Landmarks } from '../src/faces/picture.ts';
import { loadPack } from '../src/models/load-pack.ts';

/** As the real one's. */
const MAX_PIXELS = 50_000_000;

/** A picture in words: what is on it instead of pixels. */
export interface DescribedPicture {
  /** px */
  width?: number;
  height?: number;
  faces: { person: string; sizePx?: number; confidence?: number }[];
  /** Makes the content differ. */
  note?: string;
}

/** The bytes that the fake engine reads. */
export function picture({ width = 600, height = 900, ...rest }: DescribedPicture): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ width, height, ...rest }));
}

export interface FakeFaceEngine extends FaceEngine {
  /** Images analysed so far. */
  analysed(): number;
  /** The most that were under way at once. */
  mostAtOnce(): number;
  /** The next images fail so, as often as there are codes. */
  failNext(...codes: EngineError['code'][]): void;
  /** While closed, no image gets an answer. */
  gate: { close(): void; open(): void };
  isClosed(): boolean;
}

/**
 * A face engine that reads pictures in words and judges them as the real one does. The vectors of one person are nearly
 * alike, those of two are not, and the same picture always gives the same ones.
 */
export function createFakeFaceEngine({ packId = 'starter', maxInFlight = 4 } = {}): FakeFaceEngine {
  const pack = loadPack(packId);
  const failures: EngineError['code'][] = [];
  const counts = { analysed: 0, underWay: 0, most: 0 };
  let closed = false;
  let door: PromiseWithResolvers<void> | null = null;

  async function analyse(
    ...[bytes, policy, signal]: Parameters<FaceEngine['analyse']>
  ): Promise<ImageAnalysis> {
    counts.most = Math.max(counts.most, ++counts.underWay);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      if (door) await Promise.race([door.promise, abortion(signal)]);
      const code = failures.shift();
      if (code) throw new EngineError(code, `told to fail with ${code}`);
      counts.analysed += 1;
      return describe(bytes, policy);
    } finally {
      counts.underWay -= 1;
    }
  }

  function describe(bytes: Uint8Array, policy: Parameters<FaceEngine['analyse']>[1]): ImageAnalysis {
    const { width, height, faces } = read(bytes);
    if (width * height > MAX_PIXELS)
      throw new ImageError('too_many_pixels', 'The picture has too many pixels');
    const detections = faces.map(({ sizePx = 200, confidence = 0.9 }, i) => ({
      box: [i * sizePx, 0, (i + 1) * sizePx, sizePx] satisfies [number, number, number, number],
      landmarks: frontal(i * sizePx, sizePx),
      confidence,
    }));
    const { reason, faces: judged } = judgeFaces(width, height, detections, policy);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const embeddings = (i: number) =>
      Object.fromEntries(pack.embedders.map(({ id }) => [id, vectorOf(faces[i]?.person ?? '', sha256)]));
    return {
      width,
      height,
      sha256,
      reason,
      faces: judged.map((face, i) => ({ ...face, embeddings: face.rejection === null ? embeddings(i) : {} })),
    };
  }

  return {
    pack,
    provider: 'cpu',
    maxInFlight,
    analyse,
    close: async () => {
      closed = true;
    },
    analysed: () => counts.analysed,
    mostAtOnce: () => counts.most,
    failNext: (...codes) => void failures.push(...codes),
    gate: {
      close: () => {
        door ??= Promise.withResolvers();
      },
      open: () => {
        door?.resolve();
        door = null;
      },
    },
    isClosed: () => closed,
  };
}

function read(bytes: Uint8Array): Required<DescribedPicture> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ImageError('not_an_image', 'The content is not a picture in words', { cause });
  }
}

function frontal(x: number, size: number): Landmarks {
  const at = (dx: number, dy: number): [number, number] => [x + dx * size, dy * size];
  return [at(0.3, 0.4), at(0.7, 0.4), at(0.5, 0.6), at(0.35, 0.8), at(0.65, 0.8)];
}

/** Unit vector `[512]`: nine parts the person, one part the picture. */
function vectorOf(person: string, sha256: string): Float32Array {
  const [who, which] = [noise(person), noise(sha256)];
  const mixed = who.map((value, i) => 0.9 * value + 0.1 * (which[i] ?? 0));
  const length = Math.hypot(...mixed);
  return mixed.map((value) => value / length);
}

/** 512 numbers from -1 to 1 that depend on the text alone. */
function noise(text: string): Float32Array {
  const blocks = Array.from({ length: 16 }, (_, i) => createHash('sha256').update(`${text} ${i}`).digest());
  return Float32Array.from(Buffer.concat(blocks), (byte) => byte / 127.5 - 1);
}

function abortion(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
