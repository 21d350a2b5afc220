-- The sweep that found a suspicion last; those that a sweep does not find again are gone.
ALTER TABLE reviews ADD COLUMN sweep TEXT;

-- When a face was last held against the faces of all other performers; null until then.
ALTER TABLE faces ADD COLUMN compared_at TEXT;
CREATE INDEX faces_to_compare ON faces (id) WHERE accepted = 1 AND compared_at IS NULL;

-- Who was born on the same day.
CREATE INDEX performer_records_birth ON performer_records (birth_date) WHERE length(birth_date) = 10;

-- Records that an earlier runner stored are looked at anew, once; a new catalog has none.
INSERT INTO cursors (source, value, updated_at)
  SELECT 'identity', '{"rules":1}', '' WHERE NOT EXISTS (SELECT 1 FROM performer_records);
