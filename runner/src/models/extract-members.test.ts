import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extractFromTarball } from './extract-members.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'extract-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('taking members out of a tarball', () => {
  async function makeTarball(): Promise<string> {
    const archive = join(dir, 'models.tgz');
    // Larger than what streams hold on their way, and nothing that shrinks.
    const noise = Buffer.from(Array.from({ length: 500_000 }, (_, i) => (i * i * 31 + i * 7) % 251));
    writeFileSync(join(dir, 'a.onnx'), noise);
    writeFileSync(join(dir, 'b.onnx'), noise);
    await create({ file: archive, gzip: true, cwd: dir }, ['a.onnx', 'b.onnx']);
    return archive;
  }
  const targets = (folder: string) =>
    ['a.onnx', 'b.onnx'].map((member) => ({ member, path: join(folder, member) }));

  it('writes them', async () => {
    const archive = await makeTarball();
    mkdirSync(join(dir, 'out'));
    await extractFromTarball(archive, targets(join(dir, 'out')));
    expect(readFileSync(join(dir, 'out', 'b.onnx'))).toEqual(readFileSync(join(dir, 'b.onnx')));
  });

  it('fails alone when one cannot be written', async () => {
    const archive = await makeTarball();
    await expect(extractFromTarball(archive, targets(join(dir, 'nowhere')))).rejects.toThrow(/ENOENT/);
  });

  it('fails alone when the archive ends early', async () => {
    const archive = await makeTarball();
    const whole = readFileSync(archive);
    writeFileSync(archive, whole.subarray(0, whole.length / 2));
    mkdirSync(join(dir, 'out'));
    await expect(extractFromTarball(archive, targets(join(dir, 'out')))).rejects.toThrow();
  });
});
