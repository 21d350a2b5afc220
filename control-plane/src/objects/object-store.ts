/**
 * Where the files of versions live: a folder, or R2.
 *
 * An object is uploaded in numbered parts, all of one size but the last, in any order and any number of times. The
 * store remembers nothing about an upload: its caller keeps the ticket and the receipts, and may go on with them
 * in another process. Until `complete` has verified the whole there is no object under the key.
 */
export interface ObjectStore {
  /** Opens an upload of `key` and answers with a ticket for it. Each upload is one of its own. */
  begin(key: string): Promise<string>;
  /**
   * Stores one part and answers with a receipt for it. Nothing counts until this has returned.
   * @throws {WrongBytes} when the body has another length or another hash.
   * @throws {UploadLost} when the store knows no such upload any more: begin again.
   */
  putPart(upload: ObjectUpload, part: ObjectPart, body: ReadableStream<Uint8Array>): Promise<string>;
  /**
   * Verifies the whole and makes it the object of the key. Repeating it after it worked is harmless.
   * @throws {WrongBytes} when the parts together are something else than `whole`.
   * @throws {UploadLost} when there is nothing to complete: begin again.
   */
  complete(upload: ObjectUpload, whole: ObjectDigest, receipts: readonly PartReceipt[]): Promise<void>;
  /** Drops what was uploaded so far; of an unknown upload too. */
  abort(upload: ObjectUpload): Promise<void>;
  /** The object's bytes, or those of `range`; null when there is none. An unwanted body must be cancelled. */
  read(key: string, range?: ByteRange): Promise<StoredObject | null>;
  /** Removes those objects that are there. */
  delete(keys: readonly string[]): Promise<void>;
  /** Writes, reads and removes a small object. @throws when the store cannot be used, and says why. */
  check(): Promise<void>;
}

export interface ObjectUpload {
  key: string;
  ticket: string;
}

export interface ObjectDigest {
  /** Bytes. */
  size: number;
  /** 64 lower-case hexadecimal digits. */
  sha256: string;
}

export interface ObjectPart extends ObjectDigest {
  /** From 1. */
  number: number;
  /** Where the part begins in the object, bytes. */
  offset: number;
}

export interface PartReceipt {
  number: number;
  receipt: string;
}

/** Bytes from `start` to `end`, both included, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface StoredObject {
  /** Of the whole object, bytes. */
  size: number;
  body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** What came is not what was announced. */
export class WrongBytes extends Error {
  override readonly name = 'WrongBytes';
  readonly kind: 'too-long' | 'too-short' | 'hash';

  constructor(kind: WrongBytes['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Neither the upload's parts nor its object are there any more. */
export class UploadLost extends Error {
  override readonly name = 'UploadLost';
}
