-- What sources that only add to known performers answered about each of them.

-- What made the source say that an image is the performer's.
ALTER TABLE images ADD COLUMN rule TEXT;

-- `asked_with` and `judged_with` are equal as long as asking again would mean the same: names, addresses and the site's
-- definition; the rules for pictures.
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

-- What to ask for a page with. Its content is kept from its arrival to the performer's commit, so that a task that is taken up
-- again need not ask for it again.
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

-- Names that pages give: for look-ups and reviews, and never published on their word.
CREATE TABLE page_names (
  performer_id INTEGER NOT NULL REFERENCES performers (id),
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (performer_id, source, name)
) STRICT, WITHOUT ROWID;

-- None of it outlives the performer's last record.
CREATE TRIGGER look_ups_after_delete AFTER DELETE ON performer_records WHEN NOT EXISTS (SELECT 1 FROM performer_records WHERE performer_id = OLD.performer_id) BEGIN DELETE FROM look_ups WHERE performer_id = OLD.performer_id; DELETE FROM read_pages WHERE performer_id = OLD.performer_id; DELETE FROM page_names WHERE performer_id = OLD.performer_id; END;
CREATE TRIGGER look_ups_after_move AFTER UPDATE OF performer_id ON performer_records WHEN NOT EXISTS (SELECT 1 FROM performer_records WHERE performer_id = OLD.performer_id) BEGIN DELETE FROM look_ups WHERE performer_id = OLD.performer_id; DELETE FROM read_pages WHERE performer_id = OLD.performer_id; DELETE FROM page_names WHERE performer_id = OLD.performer_id; END;
