import { afterEach, beforeEach, describe } from 'vitest';
import type { ObjectStore } from '../../objects/object-store.ts';
import { createWorkerdApp } from '../../testing/create-workerd-app.ts';
import { testObjectStore } from '../../testing/object-store-suite.ts';
import type { TestApp } from '../../testing/test-app.ts';

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
});
