import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { rethrowAfter } from '@trainer/async/with-clean-up';
import type { Header, Page, Trailer } from '../../../backup/format.ts';

/**
 * Writes a backup, readable by its owner only: it says who is excluded and what was found about whom. The file gets its
 * name when it is complete and on the disk. Answers with the rows of each table.
 */
export async function writeBackupFile(
  path: string,
  header: Header,
  pages: AsyncIterable<Page>,
): Promise<Trailer['rows']> {
  const partial = `${path}.partial`;
  const rows: Trailer['rows'] = {};
  try {
    await rm(partial, { force: true });
    await pipeline(
      Readable.from(toText(header, pages, rows)),
      createGzip(),
      createWriteStream(partial, { mode: 0o600, flags: 'wx', flush: true }),
    );
    await rename(partial, path);
  } catch (error) {
    return rethrowAfter(error, () => rm(partial, { force: true }));
  }
  return rows;
}

/** The lines of the file (`backup/format.ts`), a page at a time. Counts into `rows`. */
async function* toText(
  header: Header,
  pages: AsyncIterable<Page>,
  rows: Trailer['rows'],
): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const write = (values: readonly unknown[]) => {
    const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
    hash.update(text);
    return text;
  };
  yield write([header]);
  for await (const { table, columns, rows: values } of pages) {
    const start = table in rows ? [] : [{ table, columns }];
    rows[table] = (rows[table] ?? 0) + values.length;
    yield write([...start, ...values]);
  }
  const trailer: Trailer = { rows, sha256: hash.digest('hex') };
  yield `${JSON.stringify(trailer)}\n`;
}
