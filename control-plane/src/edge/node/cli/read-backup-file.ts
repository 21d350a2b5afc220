import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { createGunzip } from 'node:zlib';
import {
  backupFormatVersion,
  type Header,
  headerSchema,
  isRow,
  type Page,
  type Row,
  type Trailer,
  tableSchema,
  trailerSchema,
} from '../../../backup/format.ts';
import { withCauses } from '../../../http/with-causes.ts';
import { CliError } from './command.ts';

/** Rows are handed on when they are so many, or so long together, characters. */
const PAGE_ROWS = 1_000;
const PAGE_LENGTH = 1_000_000;

type Piece = { header: Header } | { page: Page } | { trailer: Trailer };

/**
 * Reads a backup from end to end and answers with what it is.
 *
 * @throws {CliError} when it is none, was cut off or damaged, or was written by a newer program.
 */
export async function inspectBackupFile(path: string): Promise<{ header: Header; rows: Trailer['rows'] }> {
  let header: Header | null = null;
  for await (const piece of readPieces(path)) {
    if ('header' in piece) header = piece.header;
    if ('trailer' in piece && header) return { header, rows: piece.trailer.rows };
  }
  throw cutOff(path);
}

/** The rows of a backup. */
export async function* readBackupFile(path: string): AsyncGenerator<Page> {
  for await (const piece of readPieces(path)) if ('page' in piece) yield piece.page;
}

/** The header, pages of rows, and the trailer once everything before has turned out to be what it says. */
async function* readPieces(path: string): AsyncGenerator<Piece> {
  const hash = createHash('sha256');
  const rows: Trailer['rows'] = {};
  let header: Header | null = null;
  let page: OpenPage | null = null;
  let lines = 0;
  try {
    for await (const line of readLines(path)) {
      lines += 1;
      const value: unknown = JSON.parse(line);
      if (header === null) {
        header = parseHeader(path, value);
        yield { header };
      } else if (page !== null && isRow(value, page.columns)) {
        rows[page.table] = (rows[page.table] ?? 0) + 1;
        page.rows.push(value);
        page.length += line.length;
        if (page.rows.length >= PAGE_ROWS || page.length >= PAGE_LENGTH) {
          yield { page };
          page = openPage(page);
        }
      } else {
        if (page !== null) yield { page };
        const trailer = trailerSchema.safeParse(value);
        if (trailer.success) {
          const isWhole = isDeepStrictEqual(trailer.data, { rows, sha256: hash.digest('hex') });
          if (!isWhole) throw new Error('its rows are not those that its last line tells of');
          yield { trailer: trailer.data };
          return;
        }
        const table = tableSchema.safeParse(value);
        if (!table.success) throw new Error(`line ${lines} is neither a table nor a row of one`);
        page = openPage(table.data);
        rows[page.table] ??= 0;
      }
      hash.update(`${line}\n`);
    }
  } catch (error) {
    throw toCliError(path, error, header !== null);
  }
  throw cutOff(path);
}

type OpenPage = Omit<Page, 'rows'> & { rows: Row[]; length: number };

function openPage({ table, columns }: Omit<Page, 'rows'>): OpenPage {
  return { table, columns, rows: [], length: 0 };
}

function parseHeader(path: string, value: unknown): Header {
  const header = headerSchema.parse(value);
  if (header.format_version > backupFormatVersion) {
    throw new CliError(
      'refused',
      `${path} was written by a newer stash-sense-trainer (format ${header.format_version}, and this one reads up to ` +
        `${backupFormatVersion}): restore it with that one.`,
    );
  }
  return header;
}

function toCliError(path: string, error: unknown, isBackup: boolean): CliError {
  if (error instanceof CliError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'Z_BUF_ERROR') return cutOff(path);
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    return new CliError('wrongInput', `${path} cannot be read: ${withCauses(error)}`, { cause: error });
  }
  if (!isBackup)
    return new CliError('refused', `${path} is not a backup of a control plane.`, { cause: error });
  return new CliError(
    'refused',
    `${path} is damaged: ${withCauses(error)}. Nothing was changed; take another backup.`,
    { cause: error },
  );
}

function cutOff(path: string): CliError {
  return new CliError(
    'refused',
    `${path} ends too early: it was not written or not copied whole. Nothing was changed; take another backup.`,
  );
}

/** A longer line is in no backup, characters. */
const LINE_MAX_LENGTH = 64_000_000;

/** So much longer than the file its text may be: log lines are much alike, but nothing like this, and a bomb is a thousand times. */
const MAX_RATIO = 500;
/** Short files may be anything, bytes. */
const RATIO_FROM_BYTES = 10_000_000;

/** The lines of a compressed text file, without their ends. What comes after the last end is no line. */
async function* readLines(path: string): AsyncGenerator<string> {
  const source = createReadStream(path);
  const text = createGunzip();
  source.on('error', (error) => text.destroy(error));
  source.pipe(text);
  text.setEncoding('utf8');
  let rest = '';
  let length = 0;
  try {
    for await (const piece of text) {
      length += piece.length;
      if (length > RATIO_FROM_BYTES && length > MAX_RATIO * source.bytesRead) {
        throw new Error(`it unpacks to more than ${MAX_RATIO} times its size`);
      }
      const lines = `${rest}${piece}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_MAX_LENGTH) throw new Error('a line is too long');
      yield* lines;
    }
  } finally {
    source.destroy();
  }
}
