import { type SQL, sql } from 'drizzle-orm';
import { absorbPerformer } from './absorb-performer.ts';
import { rowsOf } from './database.ts';
import type { Identity } from './identity.ts';
import { normaliseUrl } from './normalise-url.ts';
import type { PerformerRecord } from './performer-record.ts';

/** The performer that a record belongs to, as an expression: it may be made by the same transaction. */
export function performerOf(record: PerformerRecord, { performerId }: Identity): SQL {
  if (performerId !== null) return sql`${performerId}`;
  return sql`(SELECT id FROM performers
    WHERE origin_endpoint = ${record.endpoint} AND origin_id = ${record.remoteId})`;
}

/** Statements that make the catalog hold exactly this record, however often they are run. */
export function storeRecord(record: PerformerRecord, identity: Identity, at: string): SQL[] {
  const { performerId, absorbed } = identity;
  return [
    ...(performerId === null
      ? [createPerformer(record, at)]
      : absorbed.flatMap((from) => absorbPerformer(from, performerId))),
    storeFields(record, performerOf(record, identity), at),
    retireMerged(record),
    ...storeLists(record),
  ];
}

function createPerformer({ endpoint, remoteId }: PerformerRecord, at: string): SQL {
  return sql`INSERT INTO performers (origin_endpoint, origin_id, created_at)
    VALUES (${endpoint}, ${remoteId}, ${at}) ON CONFLICT DO NOTHING`;
}

function storeFields(record: PerformerRecord, performer: SQL, at: string): SQL {
  return sql`INSERT INTO performer_records
      (performer_id, endpoint, remote_id, name, disambiguation, gender, country, ethnicity, birth_date, death_date,
       height_cm, eye_color, hair_color, career_start_year, career_end_year, scene_count, image_url, updated,
       committed_at)
    VALUES (${performer}, ${record.endpoint}, ${record.remoteId}, ${record.name}, ${record.disambiguation},
      ${record.gender}, ${record.country}, ${record.ethnicity}, ${record.birthDate}, ${record.deathDate},
      ${record.heightCm}, ${record.eyeColor}, ${record.hairColor}, ${record.careerStartYear},
      ${record.careerEndYear}, ${record.sceneCount}, ${record.imageUrl}, ${record.updated}, ${at})
    ON CONFLICT (endpoint, remote_id) DO UPDATE SET
      performer_id = excluded.performer_id, name = excluded.name, disambiguation = excluded.disambiguation,
      gender = excluded.gender, country = excluded.country, ethnicity = excluded.ethnicity,
      birth_date = excluded.birth_date, death_date = excluded.death_date, height_cm = excluded.height_cm,
      eye_color = excluded.eye_color, hair_color = excluded.hair_color,
      career_start_year = excluded.career_start_year, career_end_year = excluded.career_end_year,
      scene_count = coalesce(excluded.scene_count, scene_count), image_url = excluded.image_url,
      updated = excluded.updated, committed_at = excluded.committed_at, deleted = 0, merged_into = NULL`;
}

function retireMerged({ endpoint, remoteId, mergedIds }: PerformerRecord): SQL {
  return sql`UPDATE performer_records SET deleted = 1, merged_into = ${remoteId}
    WHERE endpoint = ${endpoint} AND remote_id IN (SELECT value FROM ${rowsOf(mergedIds)})`;
}

function storeLists(record: PerformerRecord): SQL[] {
  const id = recordId(record.endpoint, record.remoteId);
  return [
    ...clearLists(id),
    sql`INSERT OR IGNORE INTO urls (record_id, url, site, site_id, confidence)
      SELECT ${id}, value->>'url', value->>'site', value->>'id', value->>'confidence'
      FROM ${rowsOf(record.urls.map((url) => ({ url, ...normaliseUrl(url) })))}`,
    sql`INSERT OR IGNORE INTO aliases (record_id, alias, position)
      SELECT ${id}, value, key FROM ${rowsOf(record.aliases)}`,
    sql`INSERT OR IGNORE INTO merged_ids (record_id, merged_id)
      SELECT ${id}, value FROM ${rowsOf(record.mergedIds)}`,
    storeModifications(id, 'tattoo', record.tattoos),
    storeModifications(id, 'piercing', record.piercings),
  ];
}

function storeModifications(id: SQL, kind: 'tattoo' | 'piercing', list: PerformerRecord['tattoos']): SQL {
  return sql`INSERT INTO body_modifications (record_id, kind, position, location, description)
    SELECT ${id}, ${kind}, key, value->>'location', value->>'description' FROM ${rowsOf(list)}`;
}

/** Statements that empty every list of a record. */
export function clearLists(id: SQL): SQL[] {
  return [
    sql`DELETE FROM urls WHERE record_id = ${id}`,
    sql`DELETE FROM aliases WHERE record_id = ${id}`,
    sql`DELETE FROM merged_ids WHERE record_id = ${id}`,
    sql`DELETE FROM body_modifications WHERE record_id = ${id}`,
  ];
}

/** A record's row id, as an expression. */
export function recordId(endpoint: string, remoteId: string): SQL {
  return sql`(SELECT id FROM performer_records WHERE endpoint = ${endpoint} AND remote_id = ${remoteId})`;
}
