CREATE TABLE schedules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  cron TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  params TEXT NOT NULL,
  missed TEXT NOT NULL CHECK (missed IN ('skip', 'run_once')),
  enabled INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  next_at INTEGER,
  last_at INTEGER,
  last_outcome TEXT CHECK (last_outcome IN ('started', 'skipped', 'missed')),
  last_reason TEXT,
  last_run_id INTEGER REFERENCES runs (id)
) STRICT;

-- What is looked through every few seconds.
CREATE INDEX schedules_due ON schedules (next_at) WHERE next_at IS NOT NULL;

-- No reference: a run outlives its schedule.
ALTER TABLE runs ADD COLUMN schedule_id INTEGER;

ALTER TABLE runs ADD COLUMN scheduled_at INTEGER;

-- An occurrence starts one run at most, whoever tries.
CREATE UNIQUE INDEX runs_of_occurrence ON runs (schedule_id, scheduled_at) WHERE schedule_id IS NOT NULL;
