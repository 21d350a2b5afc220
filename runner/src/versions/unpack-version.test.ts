import { createWriteStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { unpackVersion } from './unpack-version.ts';

async function zipOf(files: readonly [string, Uint8Array][]): Promise<string> {
  const path = join(freshFolder(), 'version.zip');
  const zip = new ZipFile();
  for (const [name, content] of files) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}

describe('unpacking a version', () => {
  it('refuses a file that grows as no file of a version does, before anything is written', async () => {
    const dir = freshFolder();
    const zip = await zipOf([
      ['manifest.json', Buffer.from('{}')],
      ['performers.db', new Uint8Array(4 * 1024 * 1024)],
    ]);
    await expect(unpackVersion(zip, dir)).rejects.toThrow(/performers\.db grows from \d+ to 4194304 bytes/);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('refuses a file that is there twice', async () => {
    const zip = await zipOf([
      ['manifest.json', Buffer.from('{}')],
      ['manifest.json', Buffer.from('{"b":1}')],
    ]);
    await expect(unpackVersion(zip, freshFolder())).rejects.toThrow('it holds manifest.json twice');
  });

  it.each([
    ['more than any file may have', 0xff_ff_ff_ffn << 8n, /bytes, and \d+ is the most of any file/],
    ['less than it really has', 3n, /too many bytes|not unpacked/],
  ])('refuses a file whose size is stated as %s', async (_, size, sentence) => {
    const zip = await zipOf([['manifest.json', Buffer.from('{"some":"thing"}')]]);
    writeFileSync(zip, stating(readFileSync(zip), size));
    const dir = freshFolder();
    await expect(unpackVersion(zip, dir)).rejects.toThrow(sentence);
    if (existsSync(join(dir, 'manifest.json'))) {
      expect(readFileSync(join(dir, 'manifest.json')).length).toBeLessThanOrEqual(Number(size));
    }
  });

  it('leaves alone what is no file of a version, whatever it is', async () => {
    const dir = freshFolder();
    await unpackVersion(
      await zipOf([
        ['bomb.bin', new Uint8Array(4 * 1024 * 1024)],
        ['manifest.json', Buffer.from('{}')],
      ]),
      dir,
    );
    expect(readdirSync(dir)).toEqual(['manifest.json']);
  });
});

/** The zip with another size in the central directory of its only file; sizes above 32 bits in a zip64 field. */
function stating(zip: Buffer, size: bigint): Buffer {
  const at = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  if (size < 0xff_ff_ff_ffn) {
    const changed = Buffer.from(zip);
    changed.writeUInt32LE(Number(size), at + 24);
    return changed;
  }
  const nameLength = zip.readUInt16LE(at + 28);
  const extra = Buffer.alloc(12);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8, 2);
  extra.writeBigUInt64LE(size, 4);
  const end = zip.indexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const head = Buffer.from(zip.subarray(0, at + 46 + nameLength));
  head.writeUInt32LE(0xff_ff_ff_ff, at + 24);
  head.writeUInt16LE(extra.length, at + 30);
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt32LE(end - at + extra.length, 12);
  return Buffer.concat([head, extra, zip.subarray(at + 46 + nameLength, end), tail]);
}
