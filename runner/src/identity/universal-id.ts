import type { DatabaseSync } from 'node:sqlite';
import type { SourceDefinition } from '@trainer/contract/sources';
import { z } from 'zod';

/** Domains of the endpoints in universal ids, the one that wins first. Sidecars rely on this order. */
const DOMAINS: [endpoint: string, domain: string][] = [
  ['stashdb', 'stashdb.org'],
  ['theporndb', 'theporndb.net'],
  ['fansdb', 'fansdb.cc'],
  ['pmvstash', 'pmvstash.org'],
  ['javstash', 'javstash.org'],
];

/**
 * The domains of endpoints in universal ids, the one that wins first. Those of owners' stash-boxes come after the ones that
 * sidecars know. An endpoint without a domain, like `folder`, gets `.org` behind its name.
 */
export class Domains {
  readonly #domains: readonly (readonly [endpoint: string, domain: string])[];
  /** Of owners' stash-boxes, by endpoint; a version's manifest carries them. */
  readonly owners: Readonly<Record<string, string>>;

  constructor(owners: Readonly<Record<string, string>> = {}) {
    const isKnown = (endpoint: string) => DOMAINS.some(([name]) => name === endpoint);
    const added = Object.entries(owners).filter(([endpoint]) => !isKnown(endpoint));
    this.owners = Object.fromEntries(added.sort(([one], [other]) => (one < other ? -1 : 1)));
    this.#domains = [...DOMAINS, ...Object.entries(this.owners)];
  }

  /** Of the sources that somebody has a definition of. */
  static of(sources: readonly Pick<SourceDefinition, 'id' | 'domain'>[]): Domains {
    return new Domains(
      Object.fromEntries(sources.flatMap(({ id, domain }) => (domain === null ? [] : [[id, domain]]))),
    );
  }

  /** As a version's manifest says. */
  static ofManifest(manifest: Readonly<Record<string, unknown>>): Domains {
    return new Domains(manifestDomains.safeParse(manifest.domains).data);
  }

  /** `stashdb.org:<id>` */
  universalId(endpoint: string, id: string): string {
    return `${this.#domains.find(([name]) => name === endpoint)?.[1] ?? `${endpoint}.org`}:${id}`;
  }

  /** The endpoint and id that a universal id stands for; ids may hold colons. */
  parse(text: string): { endpoint: string; id: string } {
    const cut = text.indexOf(':');
    const [domain, id] = [text.slice(0, cut), text.slice(cut + 1)];
    const endpoint = this.#domains.find(([, name]) => name === domain)?.[0] ?? domain.replace(/\.org$/, '');
    return { endpoint, id };
  }

  /** For SQL: `[endpoint, domain, place]` by place, as one JSON value. */
  get rows(): string {
    return JSON.stringify(this.#domains.map(([endpoint, domain], place) => ({ endpoint, domain, place })));
  }
}

const manifestDomains = z.record(z.string(), z.string());

/**
 * Makes `temp.universal_ids (performer_id, universal_id)` on a version's `performers.db`, one row per performer
 * with a stash-box id. Temporary tables live outside the file, so it works on one opened for reading.
 */
export function nameUniversalIds(db: DatabaseSync, domains: Domains): void {
  db.exec(`
    DROP TABLE IF EXISTS temp.universal_ids;
    CREATE TEMP TABLE universal_ids (performer_id INTEGER PRIMARY KEY, universal_id TEXT NOT NULL)`);
  db.prepare(`
    INSERT INTO temp.universal_ids
      WITH domains AS (
        SELECT value->>'endpoint' AS name, value->>'domain' AS domain, value->>'place' AS place FROM json_each(?))
      SELECT performer_id, domain || ':' || stashbox_performer_id
      FROM (SELECT performer_id, stashbox_performer_id, coalesce(domain, endpoint || '.org') AS domain, row_number() OVER (
        PARTITION BY performer_id
        ORDER BY domains.place IS NULL, domains.place, stashbox_performer_id) AS place
        FROM stashbox_ids LEFT JOIN domains ON domains.name = endpoint)
      WHERE place = 1`).run(domains.rows);
  db.exec('CREATE INDEX temp.universal_ids_by_id ON universal_ids (universal_id)');
}
