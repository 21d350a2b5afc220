import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { readMigrations } from '../node/open-database.ts';

const ROOT = join(import.meta.dirname, '../../../..');
/** What a Worker of Cloudflare's free plan may weigh, gzipped, by its strictest reading; bytes. */
const MAX_BYTES = 1_000_000;

it('deploys as it is, as far as that can be tried without an account, and stays below 1 MB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  // The dashboard need not be built for this.
  await promisify(execFile)(
    process.execPath,
    [
      join(ROOT, 'node_modules/wrangler/bin/wrangler.js'),
      'deploy',
      '--dry-run',
      '--outdir',
      folder,
      '--assets',
      folder,
    ],
    {
      cwd: ROOT,
      env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' },
    },
  );
  const modules = (await readdir(folder)).filter((name) => /\.(js|sql)$/.test(name));
  expect(modules.filter((name) => name.endsWith('.sql'))).toHaveLength(readMigrations().length);
  const sources = await Promise.all(modules.map((name) => readFile(join(folder, name))));
  expect(gzipSync(Buffer.concat(sources)).byteLength).toBeLessThan(MAX_BYTES);
});
