import { sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { type Assigned, type Assignment, assignPerformers } from './assign-performers.ts';
import { findLinks } from './find-links.ts';
import type { Doubt, Link } from './judge-pair.ts';
import { type Change, type Neighbourhood, readNeighbourhood } from './neighbourhood.ts';
import { type AreApart, partition } from './partition.ts';
import { readNodes } from './read-nodes.ts';
import { type NodeKey, nodeOf, type RecordNode } from './record-node.ts';

/** What a change makes of the performers around it. See IDENTITY.md. */
export interface Identification extends Assignment {
  /** The cluster of the record that changed; null when it went away. */
  own: Assigned | null;
  /** Every performer that has a part in `own` now: those whose faces it may go by. */
  performerIds: number[];
  neighbourhood: Neighbourhood;
  /** Records that no longer count by themselves, and which took their place. */
  ghosts: ReadonlyMap<RecordNode, RecordNode>;
  links: Link[];
  doubts: Doubt[];
}

/** Who a record is about, and what that means for others. Decides from what the catalog holds; changes nothing. */
export async function identify(database: CatalogDatabase, record: PerformerRecord): Promise<Identification> {
  const { endpoint, remoteId } = record;
  const held = await recordIds(database, endpoint, [remoteId, ...record.mergedIds]);
  const stored = held.find((each) => each.remoteId === remoteId) ?? null;
  const node = nodeOf(record, stored);
  return identifyChange(database, { node, hidden: held.map((each) => each.recordId) });
}

/**
 * The performers whose faces a listed record may go by until its commit decides: those under which the catalog has it, or the
 * records merged into it, as stored, which is one query; for one that it does not know, those of `identify`.
 */
export async function findPerformerIds(
  database: CatalogDatabase,
  record: PerformerRecord,
): Promise<number[]> {
  const held = await recordIds(database, record.endpoint, [record.remoteId, ...record.mergedIds]);
  if (held.length > 0) return [...new Set(held.map(({ performerId }) => performerId))];
  return (await identifyChange(database, { node: nodeOf(record, null), hidden: [] })).performerIds;
}

/** What it means that records go away, merged into a known one, which takes over their ids, or for good. */
export async function identifyWithout(
  database: CatalogDatabase,
  recordIds: number[],
  mergedInto: { recordId: number; mergedIds: string[] } | null,
): Promise<Identification> {
  const [into] = mergedInto ? await readNodes(database, [mergedInto.recordId]) : [];
  if (!into || !mergedInto) return identifyChange(database, { node: null, hidden: recordIds });
  const keys = mergedInto.mergedIds.map(
    (id): NodeKey => ({
      site: into.endpoint,
      id: id.toLowerCase(),
      confidence: 1,
      role: 'merged',
      url: null,
    }),
  );
  const node: RecordNode = { ...into, keys: [...into.keys, ...keys] };
  return identifyChange(database, { node, hidden: [...recordIds, mergedInto.recordId] });
}

/** Looks at a record anew, as when a rule or a decision has changed. */
export async function identifyAgain(database: CatalogDatabase, recordId: number): Promise<Identification> {
  const [node = null] = await readNodes(database, [recordId]);
  return identifyChange(database, { node, hidden: [recordId] });
}

async function identifyChange(database: CatalogDatabase, change: Change): Promise<Identification> {
  const neighbourhood = await readNeighbourhood(database, change);
  const found = findLinks(neighbourhood);
  const { clusters, accepted, refused } = partition(neighbourhood.nodes, found.links, apart(neighbourhood));
  const { node } = change;
  const gone = neighbourhood.hidden.filter(({ ref }) => ref !== node?.ref);
  const ghosts = new Map(node ? gone.map((ghost) => [ghost, node] as const) : []);
  const assignment = assignPerformers(
    clusters,
    ghosts,
    await originsOf(database, [...neighbourhood.nodes, ...gone]),
  );
  const own = assignment.clusters.find(({ nodes }) => node !== null && nodes.includes(node)) ?? null;
  return {
    ...assignment,
    own,
    performerIds: partakers(own, ghosts),
    neighbourhood,
    ghosts,
    links: accepted,
    doubts: [...found.doubts, ...refused],
  };
}

function partakers(own: Assigned | null, ghosts: ReadonlyMap<RecordNode, RecordNode>): number[] {
  const everyone = own ? [...own.nodes, ...ghosts.keys()] : [];
  const ids = everyone.flatMap(({ performerId }) => (performerId === null ? [] : [performerId]));
  return [...new Set([...(own?.performerId ? [own.performerId] : []), ...ids])];
}

function apart({ decisions }: Neighbourhood): AreApart {
  const pairs = new Set(
    decisions
      .filter(({ decision }) => decision === 'different')
      .flatMap(({ first, second }) => [`${first} ${second}`, `${second} ${first}`]),
  );
  return (one, other) => pairs.has(`${one.ref} ${other.ref}`);
}

async function originsOf({ db }: CatalogDatabase, nodes: RecordNode[]): Promise<Map<number, string>> {
  const ids = new Set(nodes.map(({ performerId }) => performerId).filter((id) => id !== null));
  if (ids.size === 0) return new Map();
  const rows = await db.all<{ id: number; origin: string }>(sql`
    SELECT id, origin_endpoint || ':' || origin_id AS origin FROM performers
    WHERE id IN (SELECT value FROM ${rowsOf([...ids])})`);
  return new Map(rows.map(({ id, origin }) => [id, origin]));
}

/** Row ids of these records, and of those that lead to them or wait for them to arrive. */
function recordIds(
  { db }: CatalogDatabase,
  endpoint: string,
  remoteIds: string[],
): Promise<{ recordId: number; performerId: number; remoteId: string }[]> {
  const wanted = sql`SELECT value FROM ${rowsOf(remoteIds)}`;
  return db.all(sql`SELECT id AS recordId, performer_id AS performerId, remote_id AS remoteId FROM performer_records
    WHERE endpoint = ${endpoint} AND remote_id IN (${wanted})
    UNION SELECT id, performer_id, remote_id FROM performer_records
    WHERE endpoint = ${endpoint} AND merged_into IN (${wanted})`);
}
