CREATE TABLE catalog_identity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  catalog_id TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

-- A performer is an identity and nothing else; what is said about it stands in performer_records.
-- The origin is the record that first asked for it, so that asking twice makes one performer.
CREATE TABLE performers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin_endpoint TEXT NOT NULL,
  origin_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (origin_endpoint, origin_id)
) STRICT;

CREATE TABLE performer_records (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  performer_id INTEGER NOT NULL REFERENCES performers (id),
  endpoint TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  name TEXT NOT NULL,
  disambiguation TEXT,
  gender TEXT,
  country TEXT,
  ethnicity TEXT,
  birth_date TEXT,
  death_date TEXT,
  height_cm INTEGER,
  eye_color TEXT,
  hair_color TEXT,
  career_start_year INTEGER,
  career_end_year INTEGER,
  scene_count INTEGER,
  image_url TEXT,
  updated TEXT,
  deleted INTEGER NOT NULL DEFAULT 0,
  merged_into TEXT,
  committed_at TEXT NOT NULL,
  UNIQUE (endpoint, remote_id)
) STRICT;
CREATE INDEX performer_records_performer ON performer_records (performer_id);

CREATE TABLE urls (
  record_id INTEGER NOT NULL REFERENCES performer_records (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  site TEXT,
  site_id TEXT,
  confidence REAL,
  PRIMARY KEY (record_id, url)
) STRICT;
CREATE INDEX urls_site ON urls (site, site_id);

CREATE TABLE aliases (
  record_id INTEGER NOT NULL REFERENCES performer_records (id) ON DELETE CASCADE,
  alias TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (record_id, alias)
) STRICT;

CREATE TABLE merged_ids (
  record_id INTEGER NOT NULL REFERENCES performer_records (id) ON DELETE CASCADE,
  merged_id TEXT NOT NULL,
  PRIMARY KEY (record_id, merged_id)
) STRICT;

CREATE TABLE body_modifications (
  record_id INTEGER NOT NULL REFERENCES performer_records (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('tattoo', 'piercing')),
  position INTEGER NOT NULL,
  location TEXT NOT NULL,
  description TEXT,
  PRIMARY KEY (record_id, kind, position)
) STRICT;

CREATE TABLE images (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  performer_id INTEGER NOT NULL REFERENCES performers (id),
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  pack TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  sha256 TEXT,
  width INTEGER,
  height INTEGER,
  outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'failed')),
  reason TEXT,
  checked_at TEXT NOT NULL,
  UNIQUE (performer_id, source, url, pack)
) STRICT;
CREATE INDEX images_url ON images (url);
CREATE INDEX images_sha256 ON images (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE faces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  box TEXT NOT NULL,
  landmarks TEXT NOT NULL,
  yaw REAL,
  quality REAL NOT NULL,
  confidence REAL NOT NULL,
  accepted INTEGER NOT NULL,
  reason TEXT NOT NULL,
  distance REAL,
  UNIQUE (image_id, position)
) STRICT;

CREATE TABLE embeddings (
  face_id INTEGER NOT NULL REFERENCES faces (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  vector BLOB NOT NULL CHECK (length(vector) = 2048),
  PRIMARY KEY (face_id, model)
) STRICT;

-- The ledger of index labels. Rows are never deleted: the largest label of a pack is its high-water mark, and a
-- label without a face is retired, to be taken again by the same performer only.
CREATE TABLE labels (
  pack TEXT NOT NULL,
  label INTEGER NOT NULL,
  performer_id INTEGER NOT NULL REFERENCES performers (id),
  face_id INTEGER UNIQUE REFERENCES faces (id) ON DELETE SET NULL,
  PRIMARY KEY (pack, label)
) STRICT;
CREATE INDEX labels_performer ON labels (pack, performer_id);

CREATE TABLE cursors (
  source TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE task_progress (
  run_id TEXT NOT NULL,
  task_id TEXT NOT NULL,
  counters TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (run_id, task_id)
) STRICT;

CREATE TABLE scan_ids (
  scan TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  PRIMARY KEY (scan, remote_id)
) STRICT, WITHOUT ROWID;
