-- A database of schema 5, made when each program had a migrator of its own. It must be opened for good, so it never changes.
CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'trigger', 'runner', 'admin')),
  hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE TABLE login_codes (
  hash TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  token_id INTEGER REFERENCES tokens (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE failed_attempts (
  client TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  since INTEGER NOT NULL
) STRICT;
CREATE TABLE config_revisions (
  revision INTEGER PRIMARY KEY,
  input TEXT NOT NULL,
  changed TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  status TEXT NOT NULL
    CHECK (status IN ('queued', 'running', 'stopping', 'completed', 'failed', 'cancelled')),
  reason TEXT,
  actor TEXT,
  requested_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  stopping_at INTEGER,
  finished_at INTEGER,
  params TEXT NOT NULL,
  config TEXT NOT NULL,
  config_revision INTEGER NOT NULL,
  version TEXT,
  performers INTEGER,
  faces INTEGER
) STRICT;
CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('ingest', 'enrich', 'publish')),
  source TEXT,
  status TEXT NOT NULL
    CHECK (status IN ('waiting', 'ready', 'leased', 'done', 'failed', 'skipped')),
  reason TEXT,
  actor TEXT,
  started_at INTEGER,
  finished_at INTEGER,
  progress TEXT NOT NULL,
  next_log_seq INTEGER NOT NULL DEFAULT 1,
  fence INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  lapses INTEGER NOT NULL DEFAULT 0,
  grant_processed INTEGER NOT NULL DEFAULT 0,
  beats INTEGER NOT NULL DEFAULT 0,
  lease_expires_at INTEGER,
  runner_id TEXT,
  runner_name TEXT,
  catalog_id TEXT,
  UNIQUE (run_id, position)
) STRICT;
CREATE TABLE runners (
  id TEXT PRIMARY KEY,
  catalog_id TEXT NOT NULL,
  about TEXT NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT;
CREATE TABLE log_lines (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER,
  task_id TEXT,
  seq INTEGER,
  time TEXT NOT NULL,
  level INTEGER NOT NULL,
  source TEXT,
  message TEXT NOT NULL,
  fields TEXT NOT NULL,
  stored_at INTEGER NOT NULL,
  end_byte INTEGER NOT NULL
) STRICT;
CREATE TABLE versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  version TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('staged', 'visible', 'removed')),
  task_id TEXT NOT NULL,
  run_id INTEGER NOT NULL,
  filename TEXT NOT NULL,
  manifest TEXT NOT NULL,
  quality TEXT NOT NULL,
  announced TEXT NOT NULL,
  touched_at INTEGER NOT NULL
) STRICT;
CREATE TABLE artifacts (
  version_id INTEGER NOT NULL REFERENCES versions (id),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  ticket TEXT,
  is_complete INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE parts (
  version_id INTEGER NOT NULL REFERENCES versions (id),
  artifact TEXT NOT NULL,
  number INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  receipt TEXT NOT NULL,
  PRIMARY KEY (version_id, artifact, number)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE enforced_exclusions (
  task_id TEXT NOT NULL REFERENCES tasks (id),
  exclusion_id INTEGER NOT NULL REFERENCES exclusions (id),
  performers_removed INTEGER NOT NULL,
  faces_removed INTEGER NOT NULL,
  PRIMARY KEY (task_id, exclusion_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  catalog_id TEXT NOT NULL,
  key TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'decided', 'closed')),
  kind TEXT NOT NULL CHECK (kind IN ('duplicate', 'doubtful_face', 'conflict')),
  found TEXT NOT NULL,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  task_id TEXT NOT NULL REFERENCES tasks (id),
  fence INTEGER NOT NULL,
  closed_at INTEGER,
  decision TEXT CHECK (decision IN ('same', 'different', 'drop')),
  decided_by TEXT,
  decided_at INTEGER,
  applied_run_id INTEGER REFERENCES runs (id),
  CHECK ((decision IS NOT NULL) = (status = 'decided')),
  UNIQUE (catalog_id, key)
) STRICT;
CREATE TABLE questions (
  id TEXT PRIMARY KEY,
  about TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  handed_at INTEGER,
  answered_at INTEGER,
  answer TEXT
, may_see_exclusions INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO migrations (number, name, applied_at) VALUES (1, '0001_start.sql', 1772366400000);
INSERT INTO migrations (number, name, applied_at) VALUES (2, '0002_logs_and_versions.sql', 1772366400000);
INSERT INTO migrations (number, name, applied_at) VALUES (3, '0003_exclusions.sql', 1772366400000);
INSERT INTO migrations (number, name, applied_at) VALUES (4, '0004_reviews_and_questions.sql', 1772366400000);
INSERT INTO migrations (number, name, applied_at) VALUES (5, '0005_question_scope.sql', 1772366400000);
INSERT INTO runs (id, status, reason, actor, requested_by, created_at, started_at, stopping_at, finished_at, params, config, config_revision, version, performers, faces) VALUES (7, 'completed', NULL, NULL, 'owner', 1772366400000, NULL, NULL, NULL, '{}', '{}', 1, NULL, NULL, NULL);
CREATE UNIQUE INDEX runs_one_active ON runs ((status IN ('running', 'stopping')))
  WHERE status IN ('running', 'stopping');
CREATE INDEX runs_unfinished ON runs (id) WHERE finished_at IS NULL;
CREATE INDEX runs_version ON runs (version) WHERE version IS NOT NULL;
CREATE INDEX tasks_claimable ON tasks (run_id, position) WHERE status IN ('ready', 'leased');
CREATE INDEX tasks_leased ON tasks (run_id) WHERE status = 'leased';
CREATE INDEX log_lines_of_run ON log_lines (run_id, id) WHERE run_id IS NOT NULL;
CREATE INDEX log_lines_of_source ON log_lines (source, id) WHERE source IS NOT NULL;
CREATE INDEX log_lines_grave ON log_lines (id) WHERE level >= 2;
CREATE UNIQUE INDEX versions_visible ON versions (version) WHERE status = 'visible';
CREATE UNIQUE INDEX versions_of_task ON versions (task_id) WHERE status IN ('staged', 'visible');
CREATE UNIQUE INDEX exclusions_in_force ON exclusions (kind, value) WHERE removed_at IS NULL;
CREATE INDEX reviews_by_status ON reviews (status, id);
CREATE INDEX questions_waiting ON questions (asked_at) WHERE answered_at IS NULL;
CREATE INDEX questions_by_age ON questions (asked_at);
