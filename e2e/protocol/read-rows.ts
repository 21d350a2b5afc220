import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What each recorded kind of row is read with; columns that hold JSON are parsed. */
const OF_CONTROL_PLANE = {
  config_revision: 'SELECT revision, input, changed, actor FROM config_revisions ORDER BY revision DESC',
  run: 'SELECT id, status, reason, params, config, config_revision FROM runs ORDER BY id',
  task: "SELECT id, kind, source, status, reason, progress FROM tasks WHERE kind = 'ingest' ORDER BY id",
  runner: 'SELECT id, catalog_id, about FROM runners',
  version: 'SELECT * FROM versions',
} as const;
const OF_CATALOG = {
  cursor: "SELECT source, value FROM cursors WHERE source <> 'identity'",
  task_progress: 'SELECT task_id, counters FROM task_progress ORDER BY task_id',
} as const;

/** One row of each kind that a program reads back: `{ config_revision: { revision: 1, input: {…}, … }, … }`. */
export function readRows(controlPlaneDir: string, runnerDir: string): Record<string, object> {
  return {
    ...firstRows(join(controlPlaneDir, 'control-plane.db'), OF_CONTROL_PLANE),
    ...firstRows(join(runnerDir, 'catalog.db'), OF_CATALOG),
  };
}

function firstRows(file: string, queries: Record<string, string>): Record<string, object> {
  using database = new DatabaseSync(file, { readOnly: true });
  return Object.fromEntries(
    Object.entries(queries).map(([kind, query]) => {
      const row = database.prepare(query).get();
      if (!row) throw new Error(`There is no ${kind} in ${file}`);
      const parsed = Object.entries(row).map(([name, value]) => [name, parseIfJson(value)]);
      return [kind, Object.fromEntries(parsed)];
    }),
  );
}

function parseIfJson(value: unknown): unknown {
  return typeof value === 'string' && /^[{[]/.test(value) ? JSON.parse(value) : value;
}
