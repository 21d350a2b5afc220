import type { FileHandle } from 'node:fs/promises';

const READ_BYTES = 1024 * 1024;

/** Reads a file from front to back in large pieces, and hands it out in small ones. */
export class ByteReader {
  readonly #file: FileHandle;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The next `count` bytes if they are in memory already, otherwise null. Valid until the next call. */
  ready(count: number): Buffer | null {
    if (this.#buffer.length - this.#at < count) return null;
    this.#at += count;
    return this.#buffer.subarray(this.#at - count, this.#at);
  }

  /** The next `count` bytes, or null when the file has fewer left. Valid until the next call. */
  async take(count: number): Promise<Buffer | null> {
    while (this.#buffer.length - this.#at < count) {
      if (!(await this.#fill(count))) return null;
    }
    return this.ready(count);
  }

  async hasMore(): Promise<boolean> {
    return this.#at < this.#buffer.length || (await this.#fill(1));
  }

  async #fill(wanted: number): Promise<boolean> {
    const piece = Buffer.allocUnsafe(Math.max(READ_BYTES, wanted));
    const { bytesRead } = await this.#file.read(piece, 0, piece.length, null);
    if (bytesRead === 0) return false;
    this.#buffer = Buffer.concat([this.#buffer.subarray(this.#at), piece.subarray(0, bytesRead)]);
    this.#at = 0;
    return true;
  }
}
