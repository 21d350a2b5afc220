import { type FileHandle, open } from 'node:fs/promises';
import { withCleanUp } from '@trainer/async/with-clean-up';
import {
  BODY_BYTES,
  DIMENSIONS,
  HEADER_BYTES,
  type IndexLayout,
  layoutProblems,
  parseLayout,
  voyagerHeader,
} from './voyager-format.ts';

/** What a walk through a whole index file found. */
export interface IndexScan {
  layout: IndexLayout | null;
  normMin: number;
  normMax: number;
  /** Vectors with a NaN or an infinite component, and vectors of nothing but zeros. */
  notFinite: number;
  zero: number;
  /** Why Voyager, or a sidecar, would trip over it; empty when all holds. */
  problems: string[];
}

type VisitVector = (label: number, vector: Float32Array) => void;

const NORM_TOLERANCE = 1e-5;

/**
 * Reads a Float32 cosine `.voy` file from its first byte to its last, and holds every field against the others.
 * Memory use does not depend on its size. `visit` sees each vector `[512]` in the same, reused array.
 */
export async function scanVoyager(path: string, visit?: VisitVector): Promise<IndexScan> {
  const file = await open(path);
  return withCleanUp(
    () => new Walk(new ByteReader(file), visit).run(),
    () => file.close(),
  );
}

class Walk {
  readonly #reader: ByteReader;
  readonly #visit: VisitVector | undefined;
  readonly #vector = new Float32Array(DIMENSIONS);
  readonly #vectorBytes = new Uint8Array(this.#vector.buffer);
  readonly #counts = new Map<string, number>();
  readonly #found: IndexScan = {
    layout: null,
    normMin: Number.POSITIVE_INFINITY,
    normMax: 0,
    notFinite: 0,
    zero: 0,
    problems: [],
  };

  constructor(reader: ByteReader, visit: VisitVector | undefined) {
    this.#reader = reader;
    this.#visit = visit;
  }

  async run(): Promise<IndexScan> {
    const header = await this.#reader.take(HEADER_BYTES + BODY_BYTES);
    if (!header) return this.#stop('it is shorter than its header');
    if (!header.subarray(0, HEADER_BYTES).equals(voyagerHeader())) {
      return this.#stop('its header is not that of a 512-dimensional Voyager cosine index of 32-bit floats');
    }
    const layout = parseLayout(header.subarray(HEADER_BYTES));
    const problems = layoutProblems(layout);
    this.#found.layout = layout;
    this.#found.problems.push(...problems);
    if (problems.length > 0) return this.#found;
    const isWhole = (await this.#walkElements(layout)) && (await this.#walkUpperLevels(layout));
    if (!isWhole) return this.#stop('it ends before its last element');
    if (await this.#reader.hasMore()) this.#stop('it goes on after its last element');
    for (const [what, count] of this.#counts) this.#found.problems.push(`${count} ${what}`);
    return this.#found;
  }

  #stop(problem: string): IndexScan {
    this.#found.problems.push(problem);
    return this.#found;
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  async #walkElements(layout: IndexLayout): Promise<boolean> {
    const hasLabel = new Uint8Array(layout.count);
    for (let id = 0; id < layout.count; id++) {
      const element =
        this.#reader.ready(layout.elementBytes) ?? (await this.#reader.take(layout.elementBytes));
      if (!element) return false;
      this.#checkLinks(element, 0, layout.maxM0, layout.count);
      if (element.readUInt8(2) & 1) this.#count('elements are marked as deleted');
      this.#checkVector(element, layout, hasLabel);
    }
    return true;
  }

  #checkVector(element: Buffer, layout: IndexLayout, hasLabel: Uint8Array): void {
    const label = Number(element.readBigUInt64LE(layout.labelOffset));
    if (label >= layout.count) this.#count('labels are not below the number of elements');
    else if (hasLabel[label]) this.#count('labels occur twice');
    else hasLabel[label] = 1;
    this.#vectorBytes.set(element.subarray(layout.vectorOffset, layout.labelOffset));
    this.#measure(this.#vector);
    this.#visit?.(label, this.#vector);
  }

  #measure(vector: Float32Array): void {
    let square = 0;
    for (const value of vector) square += value * value;
    const norm = Math.sqrt(square);
    const found = this.#found;
    if (!Number.isFinite(norm)) {
      found.notFinite++;
      this.#count('vectors hold NaN or Infinity');
      return;
    }
    if (norm === 0) found.zero++;
    found.normMin = Math.min(found.normMin, norm);
    found.normMax = Math.max(found.normMax, norm);
    if (Math.abs(norm - 1) > NORM_TOLERANCE) this.#count('vectors are not of length 1');
  }

  async #walkUpperLevels(layout: IndexLayout): Promise<boolean> {
    const listBytes = 4 + 4 * layout.maxM;
    for (let id = 0; id < layout.count; id++) {
      const size = (this.#reader.ready(4) ?? (await this.#reader.take(4)))?.readUInt32LE(0);
      if (size === undefined) return false;
      if (size % listBytes !== 0) this.#count('upper link lists have an impossible size');
      if (id === layout.entryPoint && size !== layout.maxLevel * listBytes) {
        this.#count('entry point is not on the top level');
      }
      const lists = this.#reader.ready(size) ?? (await this.#reader.take(size));
      if (!lists) return false;
      for (let at = 0; at + listBytes <= size; at += listBytes) {
        this.#checkLinks(lists, at, layout.maxM, layout.count);
      }
    }
    return true;
  }

  #checkLinks(bytes: Buffer, at: number, most: number, count: number): void {
    const links = bytes.readUInt16LE(at);
    if (links > most) this.#count('link lists are longer than their room');
    for (let link = 0; link < Math.min(links, most); link++) {
      if (bytes.readUInt32LE(at + 4 + 4 * link) >= count) this.#count('links lead to no element');
    }
  }
}

const READ_BYTES = 1024 * 1024;

/** Reads a file from front to back in large pieces, and hands it out in small ones. */
class ByteReader {
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
