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

CREATE INDEX log_lines_of_run ON log_lines (run_id, id) WHERE run_id IS NOT NULL;

CREATE INDEX log_lines_of_source ON log_lines (source, id) WHERE source IS NOT NULL;

-- Warnings and errors are few, and are looked for among many.
CREATE INDEX log_lines_grave ON log_lines (id) WHERE level >= 2;

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

CREATE UNIQUE INDEX versions_visible ON versions (version) WHERE status = 'visible';

-- A task has one version at a time.
CREATE UNIQUE INDEX versions_of_task ON versions (task_id) WHERE status IN ('staged', 'visible');

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
