import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { readJsonMembers } from './read-json.ts';

const face = z.string().nullable();
const performer = z.object({
  name: z.string(),
  country: z.string().nullable(),
  image_url: z.string().nullable(),
  face_count: z.int().positive(),
});
const performerMember = z.record(z.string(), performer);

export interface JsonFinding {
  members: number;
  problems: string[];
}

/** Holds `faces.json` against the database: position = label, and the name that the label's performer has. */
export async function checkFacesJson(dir: string, db: DatabaseSync): Promise<JsonFinding> {
  const named = db.prepare(
    'SELECT universal_id FROM faces JOIN temp.universal_ids USING (performer_id) WHERE facenet_index = ?',
  );
  const wrong = new Tally('faces.json and performers.db differ at', 'labels');
  let [label, live] = [0, 0];
  for await (const members of readJsonMembers(join(dir, 'faces.json'))) {
    for (const member of members) {
      const parsed = face.safeParse(parseJson(member));
      if (!parsed.success || parsed.data !== (named.get(label)?.universal_id ?? null))
        wrong.add(String(label));
      if (parsed.data) live++;
      label++;
    }
  }
  const rows = Number(
    db.prepare('SELECT count(*) AS n FROM faces JOIN temp.universal_ids USING (performer_id)').get()?.n,
  );
  const problems = wrong.problems();
  if (live !== rows) problems.push(`faces.json names ${live} faces, performers.db has ${rows}`);
  return { members: label, problems };
}

/** Holds `performers.json` against the database: everybody with faces, once, with the right number of them. */
export async function checkPerformersJson(dir: string, db: DatabaseSync): Promise<JsonFinding> {
  const known = db.prepare(
    `SELECT id, face_count FROM temp.universal_ids JOIN performers ON id = performer_id WHERE universal_id = ?`,
  );
  const wrong = new Tally('performers.json is not right about', 'performers');
  const met = new Set<number>();
  for await (const members of readJsonMembers(join(dir, 'performers.json'))) {
    for (const member of members) {
      const entry = performerMember.safeParse(parseJson(`{${member}}`));
      const [id, shown] = Object.entries(entry.data ?? {})[0] ?? [member.slice(0, 80), undefined];
      const row = known.get(id);
      if (!row || row.face_count !== shown?.face_count || met.has(Number(row.id))) wrong.add(id);
      else met.add(Number(row.id));
    }
  }
  const rows = Number(
    db
      .prepare(
        'SELECT count(*) AS n FROM performers JOIN temp.universal_ids ON performer_id = id WHERE face_count > 0',
      )
      .get()?.n,
  );
  const problems = wrong.problems();
  if (met.size !== rows) {
    problems.push(`performers.json has ${met.size} of the ${rows} performers with faces`);
  }
  return { members: met.size, problems };
}

/** Counts what is wrong and keeps the first example, so that a broken file does not make a long report. */
class Tally {
  readonly #what: string;
  readonly #unit: string;
  #count = 0;
  #first = '';

  constructor(what: string, unit: string) {
    this.#what = what;
    this.#unit = unit;
  }

  add(example: string): void {
    if (this.#count++ === 0) this.#first = example;
  }

  problems(): string[] {
    return this.#count === 0 ? [] : [`${this.#what} ${this.#count} ${this.#unit}, first ${this.#first}`];
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
