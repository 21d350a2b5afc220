import { asc, type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { blockedKeys } from '../catalog/schema/exclusions.ts';
import { type BlockedKey, hashKey } from './performer-keys.ts';

/** Why a key is blocked: `excluded:<exclusion>`, or the age rule that applied with the hash of the record's own key. */
export type Cause = string;

/** One reason why a key is blocked. */
export interface Block {
  cause: Cause;
  spared: string | null;
}

export function exclusionCause(exclusion: number): Cause {
  return `excluded:${exclusion}`;
}

const KEYS_PER_PAGE = 10_000;

/** The blocked keys, by hash. A person has a few dozen, so all are held in memory. */
export class BlockedKeys {
  readonly #salt: string;
  readonly #blocks = new Map<string, Block[]>();
  readonly #causes = new Set<Cause>();

  /** @param salt the catalog's id */
  private constructor(salt: string) {
    this.#salt = salt;
  }

  static async load({ db, id }: CatalogDatabase): Promise<BlockedKeys> {
    const blocked = new BlockedKeys(id);
    for (let after = { cause: '', hash: '' }; ; ) {
      const page = await db
        .select()
        .from(blockedKeys)
        .where(sql`(${blockedKeys.cause}, ${blockedKeys.hash}) > (${after.cause}, ${after.hash})`)
        .orderBy(asc(blockedKeys.cause), asc(blockedKeys.hash))
        .limit(KEYS_PER_PAGE);
      for (const { hash, cause, spared } of page) blocked.#add(hash, { cause, spared });
      after = page.at(-1) ?? after;
      if (page.length < KEYS_PER_PAGE) return blocked;
    }
  }

  get size(): number {
    return this.#blocks.size;
  }

  hash(key: string): string {
    return hashKey(this.#salt, key);
  }

  find(key: string): readonly Block[] {
    return this.#blocks.size === 0 ? [] : (this.#blocks.get(this.hash(key)) ?? []);
  }

  /** Blocks keys in memory. Called once the statements of `store` have run. */
  add(cause: Cause, keys: readonly BlockedKey[]): void {
    for (const { key, spared } of keys) this.#add(this.hash(key), { cause, spared });
  }

  /** The statements that store the keys that are not blocked for this cause yet. */
  store(cause: Cause, keys: readonly BlockedKey[]): SQL[] {
    const rows = keys
      .map(({ key, spared }) => ({ hash: this.hash(key), spared }))
      .filter(({ hash }) => !this.#has(hash, cause));
    if (rows.length === 0) return [];
    return [
      sql`INSERT OR IGNORE INTO barred_keys (cause, hash, spared)
        SELECT ${cause}, value->>'hash', value->>'spared' FROM ${rowsOf(rows)}`,
    ];
  }

  /** Unblocks the keys of these causes in memory. Returns the statements that do the same in the catalog. */
  unblock(causes: readonly Cause[]): SQL[] {
    const known = causes.filter((cause) => this.#causes.delete(cause));
    if (known.length === 0) return [];
    for (const [hash, blocks] of this.#blocks) {
      const rest = blocks.filter(({ cause }) => !known.includes(cause));
      if (rest.length < blocks.length) this.#blocks.set(hash, rest);
    }
    return [sql`DELETE FROM barred_keys WHERE cause IN (SELECT value FROM ${rowsOf(known)})`];
  }

  #has(hash: string, cause: Cause): boolean {
    return this.#blocks.get(hash)?.some((block) => block.cause === cause) ?? false;
  }

  #add(hash: string, block: Block): void {
    if (this.#has(hash, block.cause)) return;
    this.#blocks.set(hash, [...(this.#blocks.get(hash) ?? []), block]);
    this.#causes.add(block.cause);
  }
}
