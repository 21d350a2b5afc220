-- A catalog of schema 8, made when each program had a migrator of its own. It must be opened for good, so it never changes.
CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT;
CREATE TABLE catalog_identity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  catalog_id TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
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
CREATE TABLE urls (
  record_id INTEGER NOT NULL REFERENCES performer_records (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  site TEXT,
  site_id TEXT,
  confidence REAL,
  PRIMARY KEY (record_id, url)
) STRICT;
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
  checked_at TEXT NOT NULL, record_id INTEGER REFERENCES performer_records (id) ON DELETE SET NULL, page_url TEXT, rule TEXT, failing_since TEXT,
  UNIQUE (performer_id, source, url, pack)
) STRICT;
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
  distance REAL, compared_at TEXT,
  UNIQUE (image_id, position)
) STRICT;
CREATE TABLE embeddings (
  face_id INTEGER NOT NULL REFERENCES faces (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  vector BLOB NOT NULL CHECK (length(vector) = 2048),
  PRIMARY KEY (face_id, model)
) STRICT;
CREATE TABLE labels (
  pack TEXT NOT NULL,
  label INTEGER NOT NULL,
  performer_id INTEGER NOT NULL REFERENCES performers (id),
  face_id INTEGER UNIQUE REFERENCES faces (id) ON DELETE SET NULL,
  PRIMARY KEY (pack, label)
) STRICT;
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
CREATE TABLE record_names (
  record_id INTEGER NOT NULL REFERENCES performer_records (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  is_main INTEGER NOT NULL,
  country TEXT,
  birth_year TEXT,
  PRIMARY KEY (record_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE links (
  first TEXT NOT NULL,
  second TEXT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL,
  linked_at TEXT NOT NULL,
  PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;
CREATE TABLE conflicts (
  first TEXT NOT NULL,
  second TEXT NOT NULL,
  kind TEXT NOT NULL,
  evidence TEXT NOT NULL,
  found_at TEXT NOT NULL,
  PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;
CREATE TABLE reviews (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('duplicate', 'face')),
  rule TEXT NOT NULL,
  first TEXT NOT NULL,
  second TEXT NOT NULL,
  distance REAL,
  evidence TEXT NOT NULL,
  found_at TEXT NOT NULL
, sweep TEXT) STRICT;
CREATE TABLE decisions (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('duplicate', 'face')),
  first TEXT NOT NULL,
  second TEXT NOT NULL,
  decision TEXT CHECK (decision IN ('same', 'different', 'drop')),
  actor TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  applied TEXT
) STRICT;
CREATE TABLE barred_keys (
  cause TEXT NOT NULL,
  hash TEXT NOT NULL,
  spared TEXT,
  PRIMARY KEY (cause, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE excluded_faces (
  fingerprint TEXT NOT NULL,
  pack TEXT NOT NULL,
  vector BLOB NOT NULL CHECK (length(vector) = 2048),
  PRIMARY KEY (fingerprint, pack)
) STRICT;
CREATE TABLE exclusion_counts (
  exclusion_id INTEGER PRIMARY KEY,
  performers INTEGER NOT NULL,
  faces INTEGER NOT NULL
) STRICT;
CREATE TABLE look_ups (
  performer_id INTEGER NOT NULL REFERENCES performers (id),
  source TEXT NOT NULL,
  mode TEXT NOT NULL,
  pack TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  page_url TEXT,
  asked_with TEXT NOT NULL,
  judged_with TEXT NOT NULL,
  open_images INTEGER NOT NULL,
  looked_up_at TEXT NOT NULL,
  PRIMARY KEY (performer_id, source, mode, pack)
) STRICT, WITHOUT ROWID;
CREATE TABLE read_pages (
  performer_id INTEGER NOT NULL REFERENCES performers (id),
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  status INTEGER NOT NULL,
  came_from TEXT NOT NULL,
  content_type TEXT,
  content BLOB,
  read_at TEXT NOT NULL,
  PRIMARY KEY (performer_id, source, url)
) STRICT;
CREATE TABLE page_names (
  performer_id INTEGER NOT NULL REFERENCES performers (id),
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (performer_id, source, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE fences (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE changes (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL
, turn TEXT) STRICT;
INSERT INTO migrations (number, name, applied_at) VALUES (1, '0001-catalog.sql', '2026-03-01T12:00:00.000Z');
INSERT INTO migrations (number, name, applied_at) VALUES (2, '0002-identity.sql', '2026-03-01T12:00:00.000Z');
INSERT INTO migrations (number, name, applied_at) VALUES (3, '0003-exclusions.sql', '2026-03-01T12:00:00.000Z');
INSERT INTO migrations (number, name, applied_at) VALUES (4, '0004-look-ups.sql', '2026-03-01T12:00:00.000Z');
INSERT INTO migrations (number, name, applied_at) VALUES (5, '0005-suspicions.sql', '2026-03-01T12:00:00.000Z');
INSERT INTO migrations (number, name, applied_at) VALUES (6, '0006-several-runners.sql', '2026-03-01T12:00:00.000Z');
INSERT INTO migrations (number, name, applied_at) VALUES (7, '0007-failed-images.sql', '2026-03-01T12:00:00.000Z');
INSERT INTO migrations (number, name, applied_at) VALUES (8, '0008-turns.sql', '2026-03-01T12:00:00.000Z');
INSERT INTO catalog_identity (id, catalog_id, created_at) VALUES (1, '22222222-2222-4222-8222-222222222222', '2026-03-01T12:00:00.000Z');
INSERT INTO performers (id, origin_endpoint, origin_id, created_at) VALUES (1, 'stashdb', '00000000-0000-4000-8000-000000000001', '2026-03-01T12:00:00.000Z');
INSERT INTO performer_records (id, performer_id, endpoint, remote_id, name, disambiguation, gender, country, ethnicity, birth_date, death_date, height_cm, eye_color, hair_color, career_start_year, career_end_year, scene_count, image_url, updated, deleted, merged_into, committed_at) VALUES (1, 1, 'stashdb', '00000000-0000-4000-8000-000000000001', 'Ada Example', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, '2026-03-01T12:00:00.000Z');
INSERT INTO images (id, performer_id, source, url, pack, etag, last_modified, sha256, width, height, outcome, reason, checked_at, record_id, page_url, rule, failing_since) VALUES (1, 1, 'stashdb', 'https://stashdb.example/1', 'test-pack', NULL, NULL, NULL, NULL, NULL, 'failed', 'http_404', '2026-02-01T00:00:00.000Z', 1, NULL, NULL, NULL);
INSERT INTO cursors (source, value, updated_at) VALUES ('identity', '{"rules":1}', '');
INSERT INTO changes (id, number, turn) VALUES (1, 0, NULL);
CREATE INDEX performer_records_performer ON performer_records (performer_id);
CREATE INDEX urls_site ON urls (site, site_id);
CREATE INDEX images_url ON images (url);
CREATE INDEX images_sha256 ON images (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX labels_performer ON labels (pack, performer_id);
CREATE INDEX images_record ON images (record_id);
CREATE INDEX images_source ON images (performer_id, source);
CREATE INDEX record_names_name ON record_names (name, country, birth_year);
CREATE INDEX merged_ids_id ON merged_ids (merged_id);
CREATE INDEX performer_records_merged ON performer_records (endpoint, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX links_second ON links (second);
CREATE INDEX conflicts_second ON conflicts (second);
CREATE INDEX reviews_rule ON reviews (rule);
CREATE INDEX reviews_first ON reviews (first);
CREATE INDEX reviews_second ON reviews (second);
CREATE INDEX decisions_first ON decisions (first);
CREATE INDEX decisions_second ON decisions (second);
CREATE TRIGGER look_ups_after_delete AFTER DELETE ON performer_records WHEN NOT EXISTS (SELECT 1 FROM performer_records WHERE performer_id = OLD.performer_id) BEGIN DELETE FROM look_ups WHERE performer_id = OLD.performer_id; DELETE FROM read_pages WHERE performer_id = OLD.performer_id; DELETE FROM page_names WHERE performer_id = OLD.performer_id; END;
CREATE TRIGGER look_ups_after_move AFTER UPDATE OF performer_id ON performer_records WHEN NOT EXISTS (SELECT 1 FROM performer_records WHERE performer_id = OLD.performer_id) BEGIN DELETE FROM look_ups WHERE performer_id = OLD.performer_id; DELETE FROM read_pages WHERE performer_id = OLD.performer_id; DELETE FROM page_names WHERE performer_id = OLD.performer_id; END;
CREATE INDEX faces_to_compare ON faces (id) WHERE accepted = 1 AND compared_at IS NULL;
CREATE INDEX performer_records_birth ON performer_records (birth_date) WHERE length(birth_date) = 10;
CREATE TRIGGER fences_never_fall BEFORE UPDATE ON fences WHEN NEW.number < OLD.number BEGIN SELECT RAISE(ABORT, 'catalog_fenced'); END;
CREATE INDEX images_failed ON images (source, pack, id) WHERE outcome = 'failed';
CREATE TRIGGER changes_one_by_one BEFORE UPDATE OF number ON changes WHEN NEW.number <> OLD.number + 1 BEGIN SELECT RAISE(ABORT, 'catalog_overtaken'); END;
