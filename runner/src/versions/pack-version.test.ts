import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeZip } from './pack-version.ts';
import { ZIP_FILES } from './version-files.ts';

describe('packing a version', () => {
  it('fails alone, naming the file, when one of its files is gone', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'pack-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const [gone = '', ...rest] = ZIP_FILES;
    for (const name of rest) writeFileSync(join(dir, name), 'x');
    await expect(writeZip(dir, '2026.01.01', new Date())).rejects.toThrow(join(dir, gone));
  });
});
