import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileAssets } from './file-assets.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assets-'));
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  writeFileSync(join(folder, 'dist/assets/main.js'), 'x');
  writeFileSync(join(folder, 'dist/a b.svg'), '<svg/>');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['/assets/main.js', 'text/javascript; charset=utf-8'],
  ['/a%20b.svg', 'image/svg+xml; charset=utf-8'],
])('gives %s as %s', async (path, type) => {
  const file = await fileAssets(join(folder, 'dist')).read(path);
  expect(file?.headers.get('content-type')).toBe(type);
});

it.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets',
  '/none.js',
  '/',
  '/%00',
  '/%zz',
  `/${'x'.repeat(5_000)}`,
])('gives nothing for %s', async (path) => {
  expect(await fileAssets(join(folder, 'dist')).read(path)).toBeNull();
});
