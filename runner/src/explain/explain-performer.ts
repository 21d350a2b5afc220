import type { Attempt, Explanation } from '@trainer/contract/questions';
import { sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { universalId } from '../identity/describe-performers.ts';
import { explainAbsence } from './explain-absence.ts';
import { explainFaces, explainMissingFaces } from './explain-faces.ts';
import { explainLinks, explainOpenLinks } from './explain-links.ts';
import { findSubjects, type Subject } from './find-subject.ts';

export interface ExplainOptions {
  /** What else may keep somebody out, such as exclusions: asked when nobody is found. */
  findExclusions?: (about: string) => Promise<Attempt[]>;
}

const PERFORMERS_MAX = 5;
const ATTEMPTS_MAX = 200;

/**
 * Why somebody is in the catalog: every link and face with the source, page, image, time, rule and distance behind it. For
 * somebody absent: what was tried, and why it came to nothing.
 * @param about an id, an address or a name
 */
export async function explainPerformer(
  database: CatalogDatabase,
  about: string,
  { findExclusions = async () => [] }: ExplainOptions = {},
): Promise<Explanation> {
  const subjects = await findSubjects(database, about);
  const live = subjects.filter(({ deleted }) => !deleted);
  const ids = [
    ...new Set((live.length > 0 ? live : await heirs(database, subjects)).map((one) => one.performerId)),
  ];
  const performers = [];
  const attempts: Attempt[] = [];
  for (const id of ids.slice(0, PERFORMERS_MAX)) {
    const records = await recordsOf(database, id);
    const refs = records.map(({ endpoint, remoteId }) => `${endpoint}:${remoteId}`);
    performers.push({
      name: records[0]?.name ?? '',
      ids: records.map(({ endpoint, remoteId }) => universalId(database, endpoint, remoteId)).slice(0, 50),
      links: await explainLinks(database, id, refs),
      faces: await explainFaces(database, id),
    });
    attempts.push(...(await explainOpenLinks(database, refs)), ...(await explainMissingFaces(database, id)));
  }
  if (ids.length === 0)
    attempts.push(...(await findExclusions(about)), ...(await explainAbsence(database, subjects)));
  return {
    performers,
    performers_total: ids.length,
    attempts: attempts.slice(0, ATTEMPTS_MAX),
    summary: summarise(about, subjects, performers, ids.length, attempts),
  };
}

/** Live records at which merges of these ended. */
async function heirs({ db }: CatalogDatabase, subjects: Subject[]): Promise<Subject[]> {
  const found = await Promise.all(
    subjects.map(({ endpoint, mergedInto }) =>
      db.all<Subject>(sql`
        SELECT performer_id AS performerId, endpoint, remote_id AS remoteId, name, deleted, merged_into AS mergedInto
        FROM performer_records WHERE endpoint = ${endpoint} AND remote_id = ${mergedInto} AND deleted = 0`),
    ),
  );
  return found.flat();
}

function recordsOf({ db }: CatalogDatabase, performerId: number): Promise<Subject[]> {
  return db.all<Subject>(sql`
    SELECT performer_id AS performerId, endpoint, remote_id AS remoteId, name, deleted, merged_into AS mergedInto
    FROM performer_records WHERE performer_id = ${performerId} AND deleted = 0 ORDER BY id`);
}

function summarise(
  about: string,
  subjects: Subject[],
  performers: Explanation['performers'],
  total: number,
  attempts: Attempt[],
): string {
  const [one] = performers;
  if (total > 1) return `${total} performers are called “${about}”.`;
  if (one) {
    const [records, faces] = [count(one.ids.length, 'record'), count(one.faces.length, 'face')];
    const renamed = subjects.every(({ deleted }) => deleted) ? ' That id was merged into this one.' : '';
    return `${one.name} is one performer of ${records} with ${faces}.${renamed}`;
  }
  const [gone] = subjects;
  if (gone)
    return `${gone.name} was in the catalog: ${attempts[0]?.why_not ?? 'its source deleted the record'}.`;
  return `Nobody in the catalog has the id, address or name “${about}”.`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
