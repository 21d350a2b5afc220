import { createHash } from 'node:crypto';
import { createRandom, type Random } from '../world/random.ts';

/** Chance that depends on what is decided and not on when: the same seed decides the same for the same words. */
export interface RandomStreams {
  /** @param words name the decision */
  of(...words: (string | number)[]): Random;
}

export function createRandomStreams(seed: number): RandomStreams {
  return {
    of(...words) {
      const digest = createHash('sha256')
        .update([seed, ...words].join('\n'))
        .digest();
      return createRandom(digest.readUInt32LE(0));
    },
  };
}
