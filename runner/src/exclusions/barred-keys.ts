import { asc, type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { barredKeys } from '../catalog/schema/exclusions.ts';
import { type BarredKey, hashKey } from './performer-keys.ts';

/** Why somebody is kept out: `excluded:<exclusion>`, or a reason of eligibility with the hash of the record's own key. */
export type Cause = string;

export interface Bar {
  cause: Cause;
  spared: string | null;
}

export function exclusionCause(exclusion: number): Cause {
  return `excluded:${exclusion}`;
}

const KEYS_PER_PAGE = 10_000;

/** Who is kept out, by hash. A few dozen for each person, so they are held in memory. */
export class BarredKeys {
  readonly #salt: string;
  readonly #bars = new Map<string, Bar[]>();
  readonly #causes = new Set<Cause>();

  /** @param salt the catalog's id */
  private constructor(salt: string) {
    this.#salt = salt;
  }

  static async load({ db, id }: CatalogDatabase): Promise<BarredKeys> {
    const barred = new BarredKeys(id);
    for (let after = { cause: '', hash: '' }; ; ) {
      const page = await db
        .select()
        .from(barredKeys)
        .where(sql`(${barredKeys.cause}, ${barredKeys.hash}) > (${after.cause}, ${after.hash})`)
        .orderBy(asc(barredKeys.cause), asc(barredKeys.hash))
        .limit(KEYS_PER_PAGE);
      for (const { hash, cause, spared } of page) barred.#add(hash, { cause, spared });
      after = page.at(-1) ?? after;
      if (page.length < KEYS_PER_PAGE) return barred;
    }
  }

  get size(): number {
    return this.#bars.size;
  }

  hash(key: string): string {
    return hashKey(this.#salt, key);
  }

  find(key: string): readonly Bar[] {
    return this.#bars.size === 0 ? [] : (this.#bars.get(this.hash(key)) ?? []);
  }

  /** Keeps keys out from now on, once the statements of `store` have run. */
  add(cause: Cause, keys: readonly BarredKey[]): void {
    for (const { key, spared } of keys) this.#add(this.hash(key), { cause, spared });
  }

  /** The statements that store those of the keys which are new. */
  store(cause: Cause, keys: readonly BarredKey[]): SQL[] {
    const rows = keys
      .map(({ key, spared }) => ({ hash: this.hash(key), spared }))
      .filter(({ hash }) => !this.#has(hash, cause));
    if (rows.length === 0) return [];
    return [
      sql`INSERT OR IGNORE INTO barred_keys (cause, hash, spared)
        SELECT ${cause}, value->>'hash', value->>'spared' FROM ${rowsOf(rows)}`,
    ];
  }

  /** Forgets a cause; the statements that do so in the catalog, none when it is unknown. */
  lift(causes: readonly Cause[]): SQL[] {
    const known = causes.filter((cause) => this.#causes.delete(cause));
    if (known.length === 0) return [];
    for (const [hash, bars] of this.#bars) {
      const rest = bars.filter(({ cause }) => !known.includes(cause));
      if (rest.length < bars.length) this.#bars.set(hash, rest);
    }
    return [sql`DELETE FROM barred_keys WHERE cause IN (SELECT value FROM ${rowsOf(known)})`];
  }

  #has(hash: string, cause: Cause): boolean {
    return this.#bars.get(hash)?.some((bar) => bar.cause === cause) ?? false;
  }

  #add(hash: string, bar: Bar): void {
    if (this.#has(hash, bar.cause)) return;
    this.#bars.set(hash, [...(this.#bars.get(hash) ?? []), bar]);
    this.#causes.add(bar.cause);
  }
}
