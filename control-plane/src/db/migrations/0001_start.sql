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

-- At most one run is active: every row of this index has the same key.
CREATE UNIQUE INDEX runs_one_active ON runs ((status IN ('running', 'stopping')))
  WHERE status IN ('running', 'stopping');

CREATE INDEX runs_unfinished ON runs (id) WHERE finished_at IS NULL;

CREATE INDEX runs_version ON runs (version) WHERE version IS NOT NULL;

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

-- What the claim looks through.
CREATE INDEX tasks_claimable ON tasks (run_id, position) WHERE status IN ('ready', 'leased');

-- Leases that may lapse; few at any time.
CREATE INDEX tasks_leased ON tasks (run_id) WHERE status = 'leased';

CREATE TABLE runners (
  id TEXT PRIMARY KEY,
  catalog_id TEXT NOT NULL,
  about TEXT NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT;
