import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** A longer line is in no backup, characters. */
const LINE_MAX_LENGTH = 64_000_000;

/** So much longer than the file its text may be: log lines are much alike, but nothing like this, and a bomb is a thousand times. */
const MAX_RATIO = 500;
/** Short files may be anything, bytes. */
const RATIO_FROM_BYTES = 10_000_000;

/** The lines of a compressed text file, without their ends. What comes after the last end is no line. */
export async function* readLines(path: string): AsyncGenerator<string> {
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
