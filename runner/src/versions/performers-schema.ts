/** Schema version that the first trainer's tools expect in `performers.db`. */
const SCHEMA_VERSION = 5;

/**
 * Tables of a v1 `performers.db`. Readers build fixed records from `SELECT *`, so performers, stashbox_ids,
 * aliases and faces have exactly these columns. The two last tables stay empty, but some readers ask for them.
 */
export const PERFORMERS_SCHEMA = `
CREATE TABLE schema_version (version INTEGER PRIMARY KEY);
INSERT INTO schema_version VALUES (${SCHEMA_VERSION});

CREATE TABLE performers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  canonical_name TEXT NOT NULL,
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
  stashdb_updated_at TEXT,
  face_count INTEGER DEFAULT 0,
  image_url TEXT,
  created_at TEXT DEFAULT (datetime('now')),
  updated_at TEXT DEFAULT (datetime('now'))
);
CREATE TABLE stashbox_ids (
  performer_id INTEGER NOT NULL REFERENCES performers (id) ON DELETE CASCADE,
  endpoint TEXT NOT NULL,
  stashbox_performer_id TEXT NOT NULL,
  created_at TEXT DEFAULT (datetime('now')),
  PRIMARY KEY (endpoint, stashbox_performer_id)
);
CREATE TABLE external_urls (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  performer_id INTEGER NOT NULL REFERENCES performers (id) ON DELETE CASCADE,
  site TEXT NOT NULL,
  url TEXT NOT NULL,
  normalized_id TEXT NOT NULL,
  source_endpoint TEXT NOT NULL,
  confidence REAL DEFAULT 1.0,
  created_at TEXT DEFAULT (datetime('now')),
  UNIQUE (site, normalized_id)
);
CREATE TABLE aliases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  performer_id INTEGER NOT NULL REFERENCES performers (id) ON DELETE CASCADE,
  alias TEXT NOT NULL,
  source_endpoint TEXT,
  created_at TEXT DEFAULT (datetime('now')),
  UNIQUE (performer_id, alias)
);
CREATE TABLE faces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  performer_id INTEGER NOT NULL REFERENCES performers (id) ON DELETE CASCADE,
  facenet_index INTEGER NOT NULL UNIQUE,
  arcface_index INTEGER NOT NULL UNIQUE,
  image_url TEXT,
  source_endpoint TEXT NOT NULL,
  quality_score REAL,
  created_at TEXT DEFAULT (datetime('now')),
  yaw REAL
);
CREATE TABLE merged_ids (
  performer_id INTEGER NOT NULL REFERENCES performers (id) ON DELETE CASCADE,
  merged_stashbox_id TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  merged_at TEXT DEFAULT (datetime('now')),
  PRIMARY KEY (endpoint, merged_stashbox_id)
);
CREATE TABLE tattoos (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  performer_id INTEGER NOT NULL REFERENCES performers (id) ON DELETE CASCADE,
  location TEXT,
  description TEXT,
  source_endpoint TEXT,
  created_at TEXT DEFAULT (datetime('now')),
  UNIQUE (performer_id, location, description)
);
CREATE TABLE piercings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  performer_id INTEGER NOT NULL REFERENCES performers (id) ON DELETE CASCADE,
  location TEXT,
  description TEXT,
  source_endpoint TEXT,
  created_at TEXT DEFAULT (datetime('now')),
  UNIQUE (performer_id, location, description)
);
CREATE TABLE scrape_progress (
  source TEXT PRIMARY KEY,
  last_processed_id TEXT,
  last_processed_time TEXT DEFAULT (datetime('now')),
  performers_processed INTEGER DEFAULT 0,
  faces_added INTEGER DEFAULT 0,
  errors INTEGER DEFAULT 0
);
CREATE TABLE body_proportions (
  performer_id INTEGER NOT NULL REFERENCES performers (id) ON DELETE CASCADE,
  shoulder_hip_ratio REAL,
  leg_torso_ratio REAL,
  arm_span_height_ratio REAL,
  confidence REAL
);
CREATE TABLE tattoo_detections (
  performer_id INTEGER NOT NULL REFERENCES performers (id) ON DELETE CASCADE,
  has_tattoos INTEGER,
  detections_json TEXT,
  confidence REAL
);`;

/** Made after the rows are in, which is faster. */
export const PERFORMERS_INDEXES = `
CREATE INDEX idx_performers_name ON performers (canonical_name);
CREATE INDEX idx_performers_country ON performers (country);
CREATE INDEX idx_performers_ethnicity ON performers (ethnicity);
CREATE INDEX idx_performers_height ON performers (height_cm);
CREATE INDEX idx_performers_scene_count ON performers (scene_count);
CREATE INDEX idx_performers_stashdb_updated ON performers (stashdb_updated_at);
CREATE INDEX idx_stashbox_performer ON stashbox_ids (performer_id);
CREATE INDEX idx_stashbox_id ON stashbox_ids (stashbox_performer_id);
CREATE INDEX idx_urls_performer ON external_urls (performer_id);
CREATE INDEX idx_urls_site_normalized ON external_urls (site, normalized_id);
CREATE INDEX idx_urls_normalized ON external_urls (normalized_id);
CREATE INDEX idx_aliases_performer ON aliases (performer_id);
CREATE INDEX idx_aliases_alias ON aliases (alias COLLATE NOCASE);
CREATE INDEX idx_faces_performer ON faces (performer_id);
CREATE INDEX idx_merged_performer ON merged_ids (performer_id);
CREATE INDEX idx_tattoos_performer ON tattoos (performer_id);
CREATE INDEX idx_piercings_performer ON piercings (performer_id);`;

/** Columns of the tables that strict readers take as a whole; `yaw` and the times are the optional ones used. */
export const STRICT_COLUMNS: Record<string, { required: string[]; optional: string[] }> = {
  performers: {
    required: (
      'id canonical_name disambiguation gender country ethnicity birth_date death_date height_cm eye_color hair_color ' +
      'career_start_year career_end_year scene_count stashdb_updated_at face_count image_url created_at updated_at'
    ).split(' '),
    optional: [],
  },
  stashbox_ids: {
    required: ['performer_id', 'endpoint', 'stashbox_performer_id'],
    optional: ['created_at'],
  },
  aliases: { required: ['id', 'performer_id', 'alias'], optional: ['source_endpoint', 'created_at'] },
  faces: {
    required:
      'id performer_id facenet_index arcface_index image_url source_endpoint quality_score created_at'.split(
        ' ',
      ),
    optional: ['pruned', 'yaw'],
  },
};
