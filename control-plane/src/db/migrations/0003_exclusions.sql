CREATE TABLE exclusions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('stash_box_id', 'url', 'name', 'face')),
  value TEXT NOT NULL,
  note TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  removed_at INTEGER,
  removed_by TEXT,
  first_version TEXT,
  performers_removed INTEGER,
  faces_removed INTEGER,
  receipt_at INTEGER
) STRICT;

-- Saying it twice is one exclusion; one that was taken back may be said again.
CREATE UNIQUE INDEX exclusions_in_force ON exclusions (kind, value) WHERE removed_at IS NULL;

-- What the version of a publish task keeps to, as its runner reports it.
CREATE TABLE enforced_exclusions (
  task_id TEXT NOT NULL REFERENCES tasks (id),
  exclusion_id INTEGER NOT NULL REFERENCES exclusions (id),
  performers_removed INTEGER NOT NULL,
  faces_removed INTEGER NOT NULL,
  PRIMARY KEY (task_id, exclusion_id)
) STRICT, WITHOUT ROWID;
