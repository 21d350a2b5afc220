import { sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { isOwnable, type KeyHolders, readHolders, readNodes } from './read-nodes.ts';
import { keyText, type NodeKey, type RecordNode } from './record-node.ts';

/** What is about to happen to the catalog's records. */
export interface Change {
  /** The record as it will be; null when it only goes away. */
  node: RecordNode | null;
  /** Row ids of records whose stored form counts no more: of `node` itself, and of those that it takes the place of. */
  hidden: number[];
}

/** Every record whose place may depend on the change, as the catalog will be after it. */
export interface Neighbourhood {
  nodes: RecordNode[];
  /** The records that go away or are replaced, as they were. */
  hidden: RecordNode[];
  /** Keys that several records of one endpoint have. */
  contested: ReadonlySet<string>;
  /** Of contested addresses of the changed record, and those that it no longer makes so. */
  touched: Map<string, { isContested: boolean; holders: number }>;
  decisions: Decided[];
}

export interface Decided {
  first: string;
  second: string;
  decision: 'same' | 'different';
}

/** Beyond this many records something is wrong with the evidence, and what is farther away stays as it is. */
const RECORDS_MAX = 600;

/**
 * Walks from a change over everything that may link records, in as many steps as the links are long. Keys that several
 * records of one endpoint have lead nowhere, so every key leads to one record of each endpoint at most, and the walk's
 * cost does not depend on the size of the catalog.
 */
export async function readNeighbourhood(database: CatalogDatabase, change: Change): Promise<Neighbourhood> {
  const walk = new Walk(database, change);
  await walk.run();
  return walk.result();
}

class Walk {
  readonly #database: CatalogDatabase;
  readonly #change: Change;
  readonly #nodes = new Map<string, RecordNode>();
  readonly #contested = new Set<string>();
  readonly #touched = new Map<string, { isContested: boolean; holders: number }>();
  readonly #walked = new Set<string>();
  readonly #asked = new Set<string>();
  readonly #held = new Map<string, KeyHolders[]>();
  readonly #performers = new Set<number>();
  readonly #decisions = new Map<string, Decided>();
  #hidden: RecordNode[] = [];

  constructor(database: CatalogDatabase, change: Change) {
    this.#database = database;
    this.#change = change;
  }

  async run(): Promise<void> {
    const { node, hidden } = this.#change;
    this.#hidden = await readNodes(this.#database, hidden);
    if (node) this.#nodes.set(node.ref, node);
    const origins = [...this.#hidden, ...(node ? [node] : [])];
    await this.#load(await this.#flipped(distinctKeys(origins)));
    let frontier = origins;
    while (frontier.length > 0 && this.#nodes.size < RECORDS_MAX) {
      await this.#load(await this.#mates(frontier));
      frontier = [...this.#nodes.values()].filter(({ ref }) => !this.#walked.has(ref));
    }
  }

  result(): Neighbourhood {
    return {
      nodes: [...this.#nodes.values()],
      hidden: this.#hidden,
      contested: this.#contested,
      touched: this.#touched,
      decisions: [...this.#decisions.values()],
    };
  }

  /** Holders of keys that the changed record brings or gives up: they may gain or lose a link by that. */
  async #flipped(keys: NodeKey[]): Promise<number[]> {
    const holders = await this.#holders(keys);
    return keys.flatMap((key) => {
      const of = holders.get(keyText(key)) ?? [];
      const wasContested = of.some(({ held }) => held > 1);
      this.#touch(key, of);
      return wasContested && !isOwnable(key.site) ? [] : of.flatMap(({ recordIds }) => recordIds);
    });
  }

  /** Everything that one step leads to. */
  async #mates(from: RecordNode[]): Promise<number[]> {
    for (const { ref } of from) this.#walked.add(ref);
    const keys = distinctKeys(from).filter((key) => !this.#asked.has(keyText(key)));
    for (const key of keys) this.#asked.add(keyText(key));
    const [holders, performers, decided] = await Promise.all([
      this.#holders(keys),
      this.#ofPerformers(from),
      this.#decided(from),
    ]);
    const byKey = keys.flatMap((key) => {
      const of = holders.get(keyText(key)) ?? [];
      if (this.#isContested(key, of)) this.#contested.add(keyText(key));
      const leadsOn = !this.#contested.has(keyText(key)) || isOwnable(key.site);
      return leadsOn ? of.flatMap(({ recordIds }) => recordIds) : [];
    });
    return [...byKey, ...performers, ...decided];
  }

  /** Each key is looked up once. */
  async #holders(keys: NodeKey[]): Promise<Map<string, KeyHolders[]>> {
    const unknown = keys.filter((key) => !this.#held.has(keyText(key)));
    const found = Map.groupBy(await readHolders(this.#database, unknown, this.#change.hidden), keyText);
    for (const key of unknown) this.#held.set(keyText(key), found.get(keyText(key)) ?? []);
    return this.#held;
  }

  /** With the changed record counted in. */
  #isContested(key: NodeKey, holders: KeyHolders[]): boolean {
    const { node } = this.#change;
    const mine = node && hasKey(node, key) ? node.endpoint : null;
    return holders.some(({ endpoint, held }) => held + (endpoint === mine ? 1 : 0) > 1);
  }

  #touch(key: NodeKey, holders: KeyHolders[]): void {
    const { node } = this.#change;
    const held = holders.reduce((sum, each) => sum + each.held, 0) + (node && hasKey(node, key) ? 1 : 0);
    this.#touched.set(keyText(key), { isContested: this.#isContested(key, holders), holders: held });
  }

  /** Who shares a performer now may have to part. */
  async #ofPerformers(from: RecordNode[]): Promise<number[]> {
    const ids = from.flatMap(({ performerId }) => (performerId === null ? [] : [performerId]));
    const asked = [...new Set(ids)].filter((id) => !this.#performers.has(id));
    for (const id of asked) this.#performers.add(id);
    if (asked.length === 0) return [];
    const rows = await this.#database.db.all<{ id: number }>(sql`SELECT id FROM performer_records
      WHERE deleted = 0 AND performer_id IN (SELECT value FROM ${rowsOf(asked)})`);
    return rows.map(({ id }) => id);
  }

  async #decided(from: RecordNode[]): Promise<number[]> {
    const refs = rowsOf(from.map(({ ref }) => ref));
    const found = await this.#database.db.all<Decided>(sql`
      SELECT first, second, decision FROM decisions WHERE kind = 'duplicate' AND decision IN ('same', 'different')
        AND first IN (SELECT value FROM ${refs})
      UNION SELECT first, second, decision FROM decisions WHERE kind = 'duplicate'
        AND decision IN ('same', 'different') AND second IN (SELECT value FROM ${refs})`);
    if (found.length === 0) return [];
    for (const decided of found) this.#decisions.set(`${decided.first} ${decided.second}`, decided);
    const named = found.flatMap(({ first, second }) => [splitRef(first), splitRef(second)]);
    const rows = await this.#database.db.all<{ id: number }>(sql`
      SELECT performer_records.id FROM ${rowsOf(named)} AS named CROSS JOIN performer_records
        ON endpoint = named.value->>'endpoint' AND remote_id = named.value->>'remoteId' WHERE deleted = 0`);
    return rows.map(({ id }) => id);
  }

  async #load(ids: number[]): Promise<void> {
    const held = new Set([...this.#nodes.values()].map(({ recordId }) => recordId));
    const wanted = [...new Set(ids)].filter((id) => !held.has(id) && !this.#change.hidden.includes(id));
    for (const node of await readNodes(this.#database, wanted)) this.#nodes.set(node.ref, node);
  }
}

function distinctKeys(nodes: RecordNode[]): NodeKey[] {
  return [...new Map(nodes.flatMap(({ keys }) => keys.map((key) => [keyText(key), key]))).values()];
}

function hasKey({ keys }: RecordNode, key: NodeKey): boolean {
  return keys.some(({ site, id }) => site === key.site && id === key.id);
}

export function splitRef(ref: string): { endpoint: string; remoteId: string } {
  const cut = ref.indexOf(':');
  return { endpoint: ref.slice(0, cut), remoteId: ref.slice(cut + 1) };
}
