-- A task that was handed back to wait for others is not handed out before this time, ms since 1970. Null: at once.
ALTER TABLE tasks ADD COLUMN not_before INTEGER;
