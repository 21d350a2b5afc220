/**
 * `npm run bench` runs every benchmark, one after the other; `npm run bench -- faces index` those named.
 *
 * A benchmark is a file in some workspace's `bench/` folder. It prints its own table, with every figure beside
 * a reference from the same run, and exits with 1 when a target was missed.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const files = new Map(
  globSync('*/bench/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts') && !file.includes('.worker.'))
    .map((file) => [basename(file, '.ts'), file]),
);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !files.has(name));
if (unknown.length > 0) {
  console.error(
    `No such benchmark: ${unknown.join(', ')}. There are: ${[...files.keys()].sort().join(', ')}.`,
  );
  process.exit(2);
}

const names = wanted.length > 0 ? wanted : [...files.keys()].sort();
const missed = names.filter((name) => {
  console.log(`\n# ${name}`);
  return spawnSync(process.execPath, [files.get(name) ?? ''], { cwd: root, stdio: 'inherit' }).status !== 0;
});
if (missed.length > 0) console.error(`\nMissed a target or failed: ${missed.join(', ')}`);
process.exitCode = missed.length > 0 ? 1 : 0;
