import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withCauses } from '../../http/with-causes.ts';
import { buildDeps } from './build-deps.ts';
import { readNodeSettings } from './settings.ts';

it('names a database server that cannot be used, without what its address may hide', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deps-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const LIBSQL_URL = 'http://127.0.0.1:9/?authToken=secret-of-the-owner';
  const settings = readNodeSettings({ DATA_DIR: folder, LIBSQL_URL });
  const failed = await buildDeps(settings, new AbortController().signal).catch((error: unknown) => error);
  const said = withCauses(failed);
  expect(said).toMatch(/^The database at http:\/\/127\.0\.0\.1:9 cannot be used; check LIBSQL_URL, .*: /);
  expect(said).not.toContain('secret-of-the-owner');
});
