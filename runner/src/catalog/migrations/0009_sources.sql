-- What the sources are whose data are here, as the last runner that defined each one said. Records outlive definitions: a version
-- still needs the domain of a stash-box whose file is gone, and runners that share the catalog need not have the same files.

CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  defined_at TEXT NOT NULL,
  retired_at TEXT
) STRICT;
