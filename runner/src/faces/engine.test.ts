import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePack } from '../models/ensure-pack.ts';
import { defaultModelsDir } from '../models/list-packs.ts';
import type { ModelPack } from '../models/pack.ts';
import { type FaceEngine, openFaceEngine } from './engine.ts';
import { drawGoldenPicture, goldenSize } from './golden-picture.ts';
import { defaultQualityPolicy } from './judge-faces.ts';
import { hasGpuLibrary } from './onnx/find-gpu-library.ts';
import { cosineDistance } from './unit-vector.ts';

const modelsDir = defaultModelsDir();

/** The drawn face as a PNG, after a change. */
async function portrait(change: (picture: Sharp) => Sharp = (same) => same): Promise<Buffer> {
  const { pixels } = drawGoldenPicture();
  const raw = { width: goldenSize, height: goldenSize, channels: 3 } as const;
  return change(sharp(Buffer.from(pixels), { raw }))
    .png()
    .toBuffer();
}

describe('the face engine with the starter pack', () => {
  let pack: ModelPack;
  let engine: FaceEngine;
  beforeAll(async () => {
    pack = await ensurePack('starter', modelsDir);
    engine = await openFaceEngine({ pack, modelsDir, device: 'cpu', workers: 1, batchSize: 3 });
  });
  afterAll(() => engine?.close());

  it('finds, judges and embeds a face', async () => {
    const { width, height, sha256, reason, faces } = await engine.analyse(
      await portrait(),
      defaultQualityPolicy,
    );
    expect([width, height, reason, faces.length]).toEqual([400, 400, null, 1]);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(faces[0]).toMatchObject({ rejection: null, box: [121, 101, 275, 315], quality: 1 });
    const vector = faces[0]?.embeddings.starter;
    expect(vector).toHaveLength(512);
    expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 5);
  });

  it('gives an image the same vector alone and in a batch with others', async () => {
    const variants = await Promise.all([
      portrait(),
      portrait((picture) => picture.modulate({ brightness: 0.8 })),
      portrait((picture) => picture.blur(2)),
      portrait((picture) => picture.flop()),
    ]);
    const vectorOf = async (image: Uint8Array) =>
      (await engine.analyse(image, defaultQualityPolicy)).faces[0]?.embeddings.starter ?? new Float32Array();
    const together = await Promise.all(variants.map(vectorOf));
    for (const [i, image] of variants.entries()) {
      expect(cosineDistance(together[i] ?? new Float32Array(), await vectorOf(image))).toBeCloseTo(0, 5);
    }
    expect(
      cosineDistance(together[0] ?? new Float32Array(), together[1] ?? new Float32Array()),
    ).toBeGreaterThan(0.001);
  });

  it('finds a face that fills the whole frame, in coordinates of the picture', async () => {
    const close = await portrait((picture) =>
      picture.extract({ left: 128, top: 128, width: 144, height: 168 }),
    );
    const enlarged = await sharp(close).resize(432).png().toBuffer();
    const { faces } = await engine.analyse(enlarged, defaultQualityPolicy);
    expect(faces).toHaveLength(1);
    const [left, right] = faces[0]?.landmarks ?? [];
    // Eyes are drawn at (165, 186) and (235, 186).
    expect(Math.abs((left?.[0] ?? 0) - (165 - 128) * 3)).toBeLessThan(15);
    expect(Math.abs((right?.[0] ?? 0) - (235 - 128) * 3)).toBeLessThan(15);
    expect(Math.abs((left?.[1] ?? 0) - (186 - 128) * 3)).toBeLessThan(15);
  });

  it('rejects with a reason and computes no vector for what is rejected', async () => {
    const small = await portrait((picture) => picture.resize(200));
    const tooSmall = await engine.analyse(small, defaultQualityPolicy);
    expect(tooSmall.reason).toBe('image_too_small');
    expect(tooSmall.faces.map((face) => [face.rejection, face.embeddings])).toEqual([
      ['image_too_small', {}],
    ]);
    const blank = await sharp({ create: { width: 320, height: 320, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    await expect(engine.analyse(blank, defaultQualityPolicy)).resolves.toMatchObject({
      reason: 'no_face',
      faces: [],
    });
  });

  it('computes no vector when the policy asks for none', async () => {
    const { faces } = await engine.analyse(await portrait(), { ...defaultQualityPolicy, embed: false });
    expect(faces[0]).toMatchObject({ rejection: null, embeddings: {} });
  });

  it('refuses a broken image and stays in service', async () => {
    const half = (await portrait()).subarray(0, 2000);
    await expect(engine.analyse(half, defaultQualityPolicy)).rejects.toMatchObject({
      name: 'ImageError',
      code: 'damaged_image',
    });
    await expect(engine.analyse(await portrait(), defaultQualityPolicy)).resolves.toMatchObject({
      reason: null,
    });
  });

  it('does not hold on to images: a long run ends with the memory it had', async () => {
    const image = await portrait();
    const round = () =>
      Promise.all(Array.from({ length: 60 }, () => engine.analyse(image, defaultQualityPolicy)));
    await round();
    const before = process.memoryUsage().rss;
    await round();
    // 60 decoded pictures are 29 MB; twice that says that something keeps them.
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
    // 120 pictures are seconds on idle cores, and many of them beside other tests.
  });
});

describe.skipIf(hasGpuLibrary())('opening the face engine without GPU libraries', () => {
  let pack: ModelPack;
  beforeAll(async () => {
    pack = await ensurePack('starter', modelsDir);
  });

  it('refuses when the GPU was asked for, and says what it takes', async () => {
    await expect(openFaceEngine({ pack, modelsDir, device: 'cuda' })).rejects.toMatchObject({
      code: 'provider_unavailable',
      message: expect.stringMatching(
        /cannot run on cuda: .*driver of 580 or newer.*Set the device to auto or cpu/s,
      ),
    });
  });

  it('falls back to the CPU only when allowed, with a warning', async () => {
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const engine = await openFaceEngine({ pack, modelsDir, device: 'auto', workers: 1, onWarning });
    expect(engine.provider).toBe('cpu');
    expect(warnings).toEqual([
      expect.stringMatching(/^Running on the CPU, because: The models of pack "starter"/),
    ]);
    await engine.close();
  });
});

describe('opening the face engine', () => {
  let copy: string;
  let pack: ModelPack;
  beforeAll(async () => {
    pack = await ensurePack('starter', modelsDir);
    copy = await mkdtemp(join(tmpdir(), 'engine-'));
    await cp(join(modelsDir, 'starter'), join(copy, 'starter'), { recursive: true });
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  it('refuses model files with another hash, and says which', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tampered-'));
    await cp(copy, folder, { recursive: true });
    const file = join(folder, 'starter', 'fr_landmark.onnx');
    const bytes = await readFile(file);
    await writeFile(file, Buffer.concat([bytes, Buffer.from([0])]));
    await expect(openFaceEngine({ pack, modelsDir: folder, device: 'cpu' })).rejects.toMatchObject({
      code: 'wrong_hash',
      message: expect.stringMatching(/fr_landmark\.onnx is not the file .*`runner models pull starter`/),
    });
    await rm(folder, { recursive: true });
  });

  it('refuses to start when vectors are not what the pack promises', async () => {
    const other = {
      ...pack,
      embedders: pack.embedders.map((one) => ({ ...one, channels: 'rgb' as const, mean: 90 })),
    };
    await expect(openFaceEngine({ pack: other, modelsDir, device: 'cpu' })).rejects.toMatchObject({
      code: 'self_test_failed',
      message: expect.stringMatching(/vector of embedder starter is off by a cosine distance of 0\.\d+/),
    });
  });

  it('measures a pack without pinned results once, and compares every later start with that', async () => {
    const unpinned = { ...pack, golden: undefined };
    const first = await openFaceEngine({ pack: unpinned, modelsDir: copy, device: 'cpu', workers: 1 });
    await first.close();
    const files = await readdir(join(copy, 'starter'));
    const name = files.find((one) => one.startsWith('golden-')) ?? 'no golden result was kept';
    const path = join(copy, 'starter', name);
    const stored = await readFile(path, 'utf8');
    await writeFile(path, stored.replace(/"confidence": [\d.]+/, '"confidence": 0.5'));
    await expect(openFaceEngine({ pack: unpinned, modelsDir: copy, device: 'cpu' })).rejects.toThrow(
      "the detector's confidence is off by 0.500",
    );
  });
});
