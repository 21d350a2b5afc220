CREATE TABLE hooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('webhook', 'discord', 'ntfy', 'gotify')),
  address TEXT NOT NULL,
  secret TEXT,
  hint TEXT NOT NULL,
  events TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  disabled_reason TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hook_id INTEGER NOT NULL REFERENCES hooks (id),
  message_id TEXT NOT NULL,
  event TEXT NOT NULL,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  task_id TEXT REFERENCES tasks (id),
  status TEXT NOT NULL CHECK (status IN ('waiting', 'delivered', 'given_up')),
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;

-- A hook is told of an event once, however often the statement that enqueues it is repeated.
CREATE UNIQUE INDEX deliveries_once ON deliveries (hook_id, event, run_id, coalesce(task_id, ''));

CREATE INDEX deliveries_due ON deliveries (due_at) WHERE status = 'waiting';

CREATE INDEX deliveries_of_hook ON deliveries (hook_id, id);
