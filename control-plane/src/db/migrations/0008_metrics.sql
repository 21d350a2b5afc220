-- When the lease was granted, so that its age can be told; null for what was leased before.
ALTER TABLE tasks ADD COLUMN granted_at INTEGER;

-- Metrics count runs and find the newest task of every source each time they are asked for.
CREATE INDEX runs_by_status ON runs (status, finished_at);

CREATE INDEX tasks_of_source ON tasks (source, run_id) WHERE source IS NOT NULL;
