import { type BoxPerformer, uuidOf } from './performer.ts';

export type PerformerQuery = {
  names?: string | null;
  name?: string | null;
  url?: string | null;
  gender?: string | null;
  country?: string | null;
  disambiguation?: string | null;
  birth_year?: number | null;
  is_favorite?: boolean | null;
  page: number;
  per_page: number;
  direction: 'ASC' | 'DESC';
  sort: string;
};

type SortKey = string | number;

const SORT_KEYS: Record<string, (row: BoxPerformer) => SortKey> = {
  NAME: (row) => row.name.toLowerCase(),
  BIRTHDATE: (row) => row.birth_date ?? '',
  DEATHDATE: (row) => row.death_date ?? '',
  CAREER_START_YEAR: (row) => row.career_start_year ?? 0,
  CREATED_AT: (row) => row.created.getTime(),
  UPDATED_AT: (row) => row.updated.getTime(),
};

/** These four have a tie-breaker on a real server too: the name. */
const BY_COUNT_THEN_NAME = (row: BoxPerformer) => `${String(row.scene_count).padStart(9, '0')} ${row.name}`;

/**
 * One page of the rows that are not deleted, with the traps of a real stash-box: LIMIT/OFFSET over an order without
 * tie-breaker, so rows with equal keys stand differently on each page, and differently again after an edit
 * (`revision`); the same page asked for twice in between is the same.
 */
export function pagePerformers(rows: Iterable<BoxPerformer>, query: PerformerQuery, revision: number) {
  const found = [...rows].filter((row) => !row.deleted && matches(row, query));
  const page = Math.max(1, query.page);
  const perPage = query.per_page < 1 ? 25 : query.per_page;
  const salt = `${page} ${perPage} ${query.direction} ${revision}`;
  const sorted = inOrder(found, query, salt);
  return { count: found.length, performers: sorted.slice((page - 1) * perPage, page * perPage) };
}

function inOrder(rows: BoxPerformer[], query: PerformerQuery, salt: string): BoxPerformer[] {
  const keyOf = SORT_KEYS[query.sort] ?? BY_COUNT_THEN_NAME;
  const sign = query.direction === 'ASC' ? 1 : -1;
  return rows
    .map((row) => ({ row, key: keyOf(row), chance: uuidOf(`${salt} ${row.id}`) }))
    .sort((a, b) => sign * compare(a.key, b.key) || compare(a.chance, b.chance))
    .map(({ row }) => row);
}

/** `alias` is missing on purpose: a real server takes that filter and does nothing with it. */
function matches(row: BoxPerformer, wanted: PerformerQuery): boolean {
  const { names, name, url, gender, country, disambiguation, birth_year, is_favorite } = wanted;
  return (
    (!names || contains(row.name, names) || contains(row.disambiguation, names)) &&
    (!name || contains(row.name, name)) &&
    (!url || row.urls.some((one) => one.url === url)) &&
    (!gender || (row.gender ?? 'UNKNOWN') === gender) &&
    (!country || row.country === country) &&
    (!disambiguation || contains(row.disambiguation, disambiguation)) &&
    (!birth_year || (row.birth_date ?? '').startsWith(String(birth_year))) &&
    (is_favorite ?? row.is_favorite) === row.is_favorite
  );
}

function contains(text: string | null, part: string): boolean {
  return text?.toLowerCase().includes(part.toLowerCase()) ?? false;
}

function compare(a: SortKey, b: SortKey): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
