-- Who must not come (back) into the catalog, as hashes: the only trace of somebody who left it.
CREATE TABLE barred_keys (
  cause TEXT NOT NULL,
  hash TEXT NOT NULL,
  spared TEXT,
  PRIMARY KEY (cause, hash)
) STRICT, WITHOUT ROWID;

-- The faces of exclusions, made from photos that were not kept: they never leave this catalog.
CREATE TABLE excluded_faces (
  fingerprint TEXT NOT NULL,
  pack TEXT NOT NULL,
  vector BLOB NOT NULL CHECK (length(vector) = 2048),
  PRIMARY KEY (fingerprint, pack)
) STRICT;

-- What left the catalog for each exclusion so far.
CREATE TABLE exclusion_counts (
  exclusion_id INTEGER PRIMARY KEY,
  performers INTEGER NOT NULL,
  faces INTEGER NOT NULL
) STRICT;
