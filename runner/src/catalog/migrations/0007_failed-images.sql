-- Since when an image has failed for the reason that it fails for now: says when it is worth asking for again.
ALTER TABLE images ADD COLUMN failing_since TEXT;
UPDATE images SET failing_since = checked_at WHERE outcome = 'failed';
CREATE INDEX images_failed ON images (source, pack, id) WHERE outcome = 'failed';
