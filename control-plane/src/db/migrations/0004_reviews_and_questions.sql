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

CREATE INDEX reviews_by_status ON reviews (status, id);

CREATE TABLE questions (
  id TEXT PRIMARY KEY,
  about TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  handed_at INTEGER,
  answered_at INTEGER,
  answer TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX questions_waiting ON questions (asked_at) WHERE answered_at IS NULL;

CREATE INDEX questions_by_age ON questions (asked_at);
