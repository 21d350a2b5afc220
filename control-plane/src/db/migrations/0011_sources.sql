-- What runners say that sources are. A row stays when its runner is gone, or no longer has the source: what was built with it is there.
CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  origin TEXT NOT NULL,
  runner_id TEXT NOT NULL,
  announced_at INTEGER NOT NULL
) STRICT;
