import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Delta } from './apply-deltas.ts';

const VECTOR_BYTES = 512 * 4;

/** The vectors that deltas bring, newest first. */
export interface DeltaVectors {
  /** The vector of a label as it was given `[512]`; undefined when no delta has it. */
  read(label: number): Float32Array | undefined;
  /** Labels that occur in the deltas: one more than the largest, 0 for none. */
  labels: number;
  close(): void;
}

export function openDeltaVectors(deltas: readonly Delta[]): DeltaVectors {
  const opened = deltas.toReversed().map(({ path }) => {
    const db = new DatabaseSync(path, { readOnly: true });
    const find = db.prepare('SELECT embedding FROM faces WHERE embedding_index = ?');
    const { largest } = z
      .object({ largest: z.int().nullable() })
      .parse(db.prepare('SELECT max(embedding_index) AS largest FROM faces').get());
    return { db, find, labels: (largest ?? -1) + 1 };
  });
  return {
    read(label) {
      for (const { find } of opened) {
        const embedding = find.get(label)?.embedding;
        if (embedding instanceof Uint8Array && embedding.byteLength === VECTOR_BYTES) {
          const bytes = Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength);
          return Float32Array.from({ length: 512 }, (_, at) => bytes.readFloatLE(4 * at));
        }
      }
      return undefined;
    },
    labels: Math.max(0, ...opened.map(({ labels }) => labels)),
    close: () => {
      for (const { db } of opened) db.close();
    },
  };
}
