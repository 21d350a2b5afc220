-- Who is the same performer, why, and what was left open. Records are named `<endpoint>:<id>`, because what is known of a
-- pair outlives the rows of both.

-- An image belongs to the record that listed it, and moves with it when performers part.
ALTER TABLE images ADD COLUMN record_id INTEGER REFERENCES performer_records (id) ON DELETE SET NULL;
ALTER TABLE images ADD COLUMN page_url TEXT;
CREATE INDEX images_record ON images (record_id);
CREATE INDEX images_source ON images (performer_id, source);
UPDATE images SET record_id = (SELECT min(id) FROM performer_records
  WHERE performer_records.performer_id = images.performer_id AND endpoint = source AND deleted = 0);

-- Normalised names and aliases, each with what must agree beside it.
CREATE TABLE record_names (
  record_id INTEGER NOT NULL REFERENCES performer_records (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  is_main INTEGER NOT NULL,
  country TEXT,
  birth_year TEXT,
  PRIMARY KEY (record_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_names_name ON record_names (name, country, birth_year);
CREATE INDEX merged_ids_id ON merged_ids (merged_id);
CREATE INDEX performer_records_merged ON performer_records (endpoint, merged_into) WHERE merged_into IS NOT NULL;

-- Why two records are one performer. `first` is the smaller text.
CREATE TABLE links (
  first TEXT NOT NULL,
  second TEXT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL,
  linked_at TEXT NOT NULL,
  PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_second ON links (second);

-- Evidence that contradicts itself: recorded, and never guessed at. Between two records, or about an address (`first` is
-- `<site>/<id>` and `second` is empty).
CREATE TABLE conflicts (
  first TEXT NOT NULL,
  second TEXT NOT NULL,
  kind TEXT NOT NULL,
  evidence TEXT NOT NULL,
  found_at TEXT NOT NULL,
  PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;
CREATE INDEX conflicts_second ON conflicts (second);

-- What somebody should look at. `subject` names the two records of a suspected duplicate, or the face.
CREATE TABLE reviews (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('duplicate', 'face')),
  rule TEXT NOT NULL,
  first TEXT NOT NULL,
  second TEXT NOT NULL,
  distance REAL,
  evidence TEXT NOT NULL,
  found_at TEXT NOT NULL
) STRICT;
CREATE INDEX reviews_rule ON reviews (rule);
CREATE INDEX reviews_first ON reviews (first);
CREATE INDEX reviews_second ON reviews (second);

-- Decisions outlive their reviews. `applied` is what the catalog was last brought to; null: not yet.
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
CREATE INDEX decisions_first ON decisions (first);
CREATE INDEX decisions_second ON decisions (second);
