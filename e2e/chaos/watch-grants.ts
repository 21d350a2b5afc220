import type { DatabaseSync } from 'node:sqlite';

/**
 * Lets the database itself write down every grant, in the transaction that makes it, and refuse one that would be the second of its
 * number.
 */
export function watchGrants(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE IF NOT EXISTS chaos_grants (task TEXT, fence INTEGER, runner TEXT, PRIMARY KEY (task, fence));
    CREATE TRIGGER IF NOT EXISTS chaos_grant AFTER UPDATE OF fence ON tasks WHEN NEW.fence <> OLD.fence BEGIN
      SELECT RAISE(ABORT, 'a fence fell') WHERE NEW.fence < OLD.fence;
      INSERT INTO chaos_grants VALUES (NEW.id, NEW.fence, NEW.runner_id);
    END`);
}
