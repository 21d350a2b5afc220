-- The token that took the lease: no other one may use it. Null for what was leased before, and by sessions of one-time links.
ALTER TABLE tasks ADD COLUMN token_id INTEGER;
