-- Several runners may share a catalog that lies on a libSQL server.

-- The newest fencing number that was seen of each task, and the newest stage of each run. They never fall: a transaction that
-- names an older one fails as a whole.
CREATE TABLE fences (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER fences_never_fall BEFORE UPDATE ON fences WHEN NEW.number < OLD.number BEGIN SELECT RAISE(ABORT, 'catalog_fenced'); END;

-- Counts the transactions that others may have planned without. One that was planned when fewer were counted fails as a whole.
CREATE TABLE changes (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL
) STRICT;
INSERT INTO changes (id, number) VALUES (1, 0);
CREATE TRIGGER changes_one_by_one BEFORE UPDATE ON changes WHEN NEW.number <> OLD.number + 1 BEGIN SELECT RAISE(ABORT, 'catalog_overtaken'); END;
