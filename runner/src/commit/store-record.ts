import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../catalog/database.ts';
import { normaliseUrl } from '../catalog/normalise-url.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { normaliseNames } from '../identity/name-similarity.ts';
import { normaliseCountry, tellingNames } from '../identity/record-node.ts';

/**
 * Statements that make the catalog hold exactly this record, however often they are run.
 * @param performer the performer that it belongs to, as an expression: it may be made by the same transaction
 */
export function storeRecord(record: PerformerRecord, performer: SQL, at: string): SQL[] {
  return [storeFields(record, performer, at), retireMerged(record), ...storeLists(record)];
}

function storeFields(record: PerformerRecord, performer: SQL, at: string): SQL {
  return sql`INSERT INTO performer_records
      (performer_id, endpoint, remote_id, name, disambiguation, gender, country, ethnicity, birth_date, death_date,
       height_cm, eye_color, hair_color, career_start_year, career_end_year, scene_count, image_url, updated,
       committed_at, imported_from)
    VALUES (${performer}, ${record.endpoint}, ${record.remoteId}, ${record.name}, ${record.disambiguation},
      ${record.gender}, ${record.country}, ${record.ethnicity}, ${record.birthDate}, ${record.deathDate},
      ${record.heightCm}, ${record.eyeColor}, ${record.hairColor}, ${record.careerStartYear},
      ${record.careerEndYear}, ${record.sceneCount}, ${record.imageUrl}, ${record.updated}, ${at},
      ${record.importedFrom ?? null})
    ON CONFLICT (endpoint, remote_id) DO UPDATE SET
      performer_id = excluded.performer_id, name = excluded.name, disambiguation = excluded.disambiguation,
      gender = excluded.gender, country = excluded.country, ethnicity = excluded.ethnicity,
      birth_date = excluded.birth_date, death_date = excluded.death_date, height_cm = excluded.height_cm,
      eye_color = excluded.eye_color, hair_color = excluded.hair_color,
      career_start_year = excluded.career_start_year, career_end_year = excluded.career_end_year,
      scene_count = coalesce(excluded.scene_count, scene_count), image_url = excluded.image_url,
      updated = excluded.updated, committed_at = excluded.committed_at, imported_from = excluded.imported_from, deleted = 0, merged_into = NULL`;
}

/** Redirects are kept flat: whatever was merged into a merged record is merged into the last one. */
function retireMerged({ endpoint, remoteId, mergedIds }: PerformerRecord): SQL {
  const ids = sql`SELECT value FROM ${rowsOf(mergedIds)}`;
  const into = sql`SELECT ${remoteId} UNION ${ids}`;
  return sql`UPDATE performer_records SET deleted = 1, merged_into = ${remoteId} WHERE id IN (
    SELECT id FROM performer_records WHERE endpoint = ${endpoint} AND remote_id IN (${ids})
    UNION SELECT id FROM performer_records WHERE endpoint = ${endpoint} AND merged_into IN (${into}))
    AND remote_id <> ${remoteId}`;
}

function storeLists(record: PerformerRecord): SQL[] {
  const id = recordId(record.endpoint, record.remoteId);
  return [
    ...clearLists(id),
    sql`INSERT OR IGNORE INTO urls (record_id, url, site, site_id, confidence)
      SELECT ${id}, value->>'url', value->>'site', value->>'id', value->>'confidence'
      FROM ${rowsOf(record.urls.map((url) => ({ url, ...normaliseUrl(url) })))}`,
    storeNames(record, id),
    sql`INSERT OR IGNORE INTO aliases (record_id, alias, position)
      SELECT ${id}, value, key FROM ${rowsOf(record.aliases)}`,
    sql`INSERT OR IGNORE INTO merged_ids (record_id, merged_id)
      SELECT ${id}, value FROM ${rowsOf(record.mergedIds)}`,
    storeModifications(id, 'tattoo', record.tattoos),
    storeModifications(id, 'piercing', record.piercings),
  ];
}

function storeNames(record: PerformerRecord, id: SQL): SQL {
  return sql`INSERT INTO record_names (record_id, name, is_main, country, birth_year)
    SELECT ${id}, value->>'name', value->>'isMain', value->>'country', value->>'year'
    FROM ${rowsOf(nameRows(record))}`;
}

/** Names under which a record is looked up; country and birth year only beside those that are worth something with them. */
export function nameRows({
  name,
  aliases,
  country,
  birthDate,
}: Pick<PerformerRecord, 'name' | 'aliases' | 'country' | 'birthDate'>) {
  const names = normaliseNames(name, aliases);
  const telling = tellingNames({ names, birthDate, country: normaliseCountry(country) });
  return names.map((each, position) => ({
    name: each,
    isMain: position === 0 ? 1 : 0,
    ...telling.find((one) => one.name === each),
  }));
}

function storeModifications(id: SQL, kind: 'tattoo' | 'piercing', list: PerformerRecord['tattoos']): SQL {
  return sql`INSERT INTO body_modifications (record_id, kind, position, location, description)
    SELECT ${id}, ${kind}, key, value->>'location', value->>'description' FROM ${rowsOf(list)}`;
}

/** Statements that empty every list of a record. */
export function clearLists(id: SQL): SQL[] {
  return [
    sql`DELETE FROM urls WHERE record_id = ${id}`,
    sql`DELETE FROM record_names WHERE record_id = ${id}`,
    sql`DELETE FROM aliases WHERE record_id = ${id}`,
    sql`DELETE FROM merged_ids WHERE record_id = ${id}`,
    sql`DELETE FROM body_modifications WHERE record_id = ${id}`,
  ];
}

/** A record's row id, as an expression. */
export function recordId(endpoint: string, remoteId: string): SQL {
  return sql`(SELECT id FROM performer_records WHERE endpoint = ${endpoint} AND remote_id = ${remoteId})`;
}
