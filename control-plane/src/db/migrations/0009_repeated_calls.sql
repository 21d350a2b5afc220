-- Numbers a runner's requests for work, so that one whose caller has given up takes nothing.
ALTER TABLE runners ADD COLUMN poll INTEGER NOT NULL DEFAULT 0;

-- Chosen by whoever asks for a run, so that asking again after a lost answer is the same run.
ALTER TABLE runs ADD COLUMN request_id TEXT;

CREATE UNIQUE INDEX runs_by_request ON runs (request_id) WHERE request_id IS NOT NULL;
