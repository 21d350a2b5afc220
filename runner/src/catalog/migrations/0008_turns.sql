-- Runners that share a catalog plan their changes side by side, and the fastest would always win. One that was overtaken several
-- times names itself here: until it has made its change, the changes of others fail as if they had been overtaken.

ALTER TABLE changes ADD COLUMN turn TEXT;
DROP TRIGGER changes_one_by_one;
CREATE TRIGGER changes_one_by_one BEFORE UPDATE OF number ON changes WHEN NEW.number <> OLD.number + 1 BEGIN SELECT RAISE(ABORT, 'catalog_overtaken'); END;
