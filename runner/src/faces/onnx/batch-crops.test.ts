import { describe, expect, it } from 'vitest';
import { batchCrops } from './batch-crops.ts';

/** Batches whose sizes are recorded, each embedding telling the first byte of its crop. */
function recorded(batchSize: number) {
  const sizes: number[] = [];
  const batches = batchCrops(batchSize, async (crops) => {
    sizes.push(crops.length);
    return crops.map((crop) => (crop[0] === 255 ? null : { starter: Float32Array.of(crop[0] ?? 0) }));
  });
  const image = async (value: number) => {
    batches.imageStarted();
    const embeddings = await batches.embed(Uint8Array.of(value)).finally(batches.imageEnded);
    return embeddings?.starter?.[0] ?? null;
  };
  return { sizes, batches, image };
}

describe('batchCrops', () => {
  it('fills batches with crops of different images and gives each its own result', async () => {
    const { sizes, batches, image } = recorded(4);
    batches.imageStarted();
    const eight = [1, 2, 3, 4, 5, 6, 7, 8].map(image);
    await expect(Promise.all(eight)).resolves.toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(sizes).toEqual([4, 4]);
  });

  it('waits for an image that may still bring a face, and no longer', async () => {
    const { sizes, batches, image } = recorded(4);
    batches.imageStarted();
    const two = [image(1), image(2)];
    await new Promise(setImmediate);
    expect(sizes).toEqual([]);
    batches.imageEnded();
    await expect(Promise.all(two)).resolves.toEqual([1, 2]);
    expect(sizes).toEqual([2]);
  });

  it('does not wait when the only image under way is waiting for it', async () => {
    const { sizes, image } = recorded(4);
    await expect(image(7)).resolves.toBe(7);
    await expect(image(255)).resolves.toBeNull();
    expect(sizes).toEqual([1, 1]);
  });

  it('fails only the images of a failing batch, and goes on', async () => {
    let calls = 0;
    const batches = batchCrops(1, async () => {
      if (calls++ === 0) throw new Error('out of memory');
      return [{ starter: Float32Array.of(1) }];
    });
    batches.imageStarted();
    await expect(batches.embed(Uint8Array.of(1))).rejects.toThrow('out of memory');
    await expect(batches.embed(Uint8Array.of(1))).resolves.toHaveProperty('starter');
  });
});
