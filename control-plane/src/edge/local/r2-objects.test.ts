import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../testing/announce-version.ts';
import { createWorkerdApp } from '../../../testing/create-workerd-app.ts';
import { testObjectStore } from '../../../testing/object-store-suite.ts';
import type { TestApp } from '../../../testing/test-app.ts';
import { type ObjectStore, UploadLost } from '../../objects/object-store.ts';

/** R2 takes no smaller part, but for the last one. */
const PART_BYTES = 5 * 1024 * 1024;

let app: TestApp;
let objects: ObjectStore;
beforeEach(async () => {
  app = await createWorkerdApp();
  objects = app.objects;
});
afterEach(() => app.close());

describe('the bucket of objects', () => {
  testObjectStore(() => objects, PART_BYTES);

  it('passes on that a part was refused before any of it was read, instead of waiting for somebody to read it', async () => {
    const upload = {
      key: '2026.11.20-1/performers.db',
      ticket: await objects.begin('2026.11.20-1/performers.db'),
    };
    const bytes = new Uint8Array(PART_BYTES);
    // R2 numbers parts from 1 to 10,000.
    const part = { number: 10_001, offset: 0, size: PART_BYTES, sha256: sha256Of(bytes) };
    await expect(objects.putPart(upload, part, new Blob([bytes]).stream())).rejects.toThrow(
      /Part number must be/,
    );
  });

  it('has lost an upload whose parts are not of one size, as after an upgrade that changed it', async () => {
    const upload = {
      key: '2026.11.20-1/performers.db',
      ticket: await objects.begin('2026.11.20-1/performers.db'),
    };
    const receipts = [];
    for (const [index, size] of [PART_BYTES + 1, PART_BYTES, 1].entries()) {
      const part = { number: index + 1, offset: 0, size, sha256: sha256Of(new Uint8Array(size)) };
      const receipt = await objects.putPart(upload, part, new Blob([new Uint8Array(size)]).stream());
      receipts.push({ number: part.number, receipt });
    }
    const whole = { size: 2 * PART_BYTES + 2, sha256: sha256Of(new Uint8Array(2 * PART_BYTES + 2)) };
    await expect(objects.complete(upload, whole, receipts)).rejects.toThrow(UploadLost);
  });
});
