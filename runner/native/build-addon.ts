/**
 * Compiles the face index, an addon on hnswlib's headers, after `npm ci`. hnswlib-node brings the headers; its own binary, which
 * knows neither threads nor AVX, is not needed.
 *
 * npm's own node-gyp would download Node's headers; the npm package that brings Node along carries them, so
 * nothing but the registry is needed. Needs python3, make and g++.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const folder = import.meta.dirname;
const binary = join(folder, 'build', 'Release', 'face_index.node');

function packageFolder(name: string): string | null {
  const found = require.resolve
    .paths(name)
    ?.map((each) => join(each, name))
    .find((each) => existsSync(join(each, 'package.json')));
  return found ?? null;
}

/** Compiled for this machine and from these sources. */
function isBuilt(): boolean {
  if (!existsSync(binary)) return false;
  const built = statSync(binary).mtimeMs;
  const sources = readdirSync(folder).filter((name) => /\.(cc|h|gyp)$/.test(name));
  if (sources.some((name) => statSync(join(folder, name)).mtimeMs > built)) return false;
  try {
    require(binary);
    return true;
  } catch {
    return false;
  }
}

function build(): void {
  const nodeGyp = process.env.npm_config_node_gyp;
  if (!nodeGyp)
    throw new Error('The face index: run this through npm ("npm run postinstall"), which brings node-gyp');
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
    'The face index could not be compiled: install python3, make and g++, then run "npm ci" again',
  );
}

// Absent where only the control plane is installed.
if (packageFolder('hnswlib-node') && !isBuilt()) {
  build();
  if (!isBuilt()) throw new Error(`The face index was compiled as ${binary} but does not load`);
}
