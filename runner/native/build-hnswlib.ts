/**
 * Compiles hnswlib-node, which has no prebuilt binary, after `npm ci`.
 *
 * npm's own node-gyp would download Node's headers; the npm package that brings Node along carries them, so
 * nothing but the registry is needed. Needs python3, make and g++.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

function packageFolder(name: string): string | null {
  const folder = require.resolve
    .paths(name)
    ?.map((each) => join(each, name))
    .find((each) => existsSync(join(each, 'package.json')));
  return folder ?? null;
}

function isBuilt(folder: string): boolean {
  try {
    require(folder);
    return true;
  } catch {
    return false;
  }
}

function build(folder: string): void {
  const nodeGyp = process.env.npm_config_node_gyp;
  if (!nodeGyp)
    throw new Error('hnswlib-node: run this through npm ("npm run postinstall"), which brings node-gyp');
  const headers =
    packageFolder(`node-${process.platform}-${process.arch}`) ?? dirname(dirname(process.execPath));
  const nodedir = existsSync(join(headers, 'include', 'node')) ? [`--nodedir=${headers}`] : [];
  const done = spawnSync(process.execPath, [nodeGyp, 'rebuild', '--silent', ...nodedir], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (done.status === 0) return;
  process.stderr.write(done.stdout + done.stderr);
  throw new Error(
    'hnswlib-node could not be compiled: install python3, make and g++, then run "npm ci" again',
  );
}

const folder = packageFolder('hnswlib-node');
// Absent where only the control plane is installed.
if (folder && !isBuilt(folder)) {
  build(folder);
  if (!isBuilt(folder)) throw new Error(`hnswlib-node was compiled in ${dirname(folder)} but does not load`);
}
