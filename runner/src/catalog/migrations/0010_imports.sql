-- Which release a record was imported from; nothing once its endpoint has given it itself.

ALTER TABLE performer_records ADD COLUMN imported_from TEXT;
