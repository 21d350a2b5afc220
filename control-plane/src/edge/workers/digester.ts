import { DurableObject } from 'cloudflare:workers';
import type { ObjectDigest } from '../../objects/object-store.ts';
import { digestOf } from './digest-of.ts';

/**
 * Hashes whole objects of the bucket as they stream by. A Durable Object because it may compute for 30 s where a
 * request of the free plan has 10 ms, and 1.5 GB take about 2 s.
 */
export class Digester extends DurableObject<{ R2: R2Bucket }> {
  /** Null when there is no such object. */
  async digest(key: string): Promise<ObjectDigest | null> {
    const object = await this.env.R2.get(key);
    return object && digestOf(object.body);
  }
}
