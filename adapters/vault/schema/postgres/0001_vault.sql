CREATE TABLE setting (
	name  text PRIMARY KEY,
	value bytea NOT NULL
);
CREATE TABLE person (
	id      text PRIMARY KEY,
	lookup  bytea NOT NULL UNIQUE,
	master  text COLLATE "C" NOT NULL,
	key     bytea NOT NULL,
	made_at timestamptz NOT NULL DEFAULT now()
);
-- The planner's statistics would keep samples of what is shredded.
ALTER TABLE person ALTER COLUMN lookup SET STATISTICS 0, ALTER COLUMN key SET STATISTICS 0;
CREATE INDEX person_master ON person (master);
CREATE TABLE item (
	id         text PRIMARY KEY,
	persons    text NOT NULL,
	commitment text NOT NULL,
	body       bytea
);
ALTER TABLE item ALTER COLUMN body SET STATISTICS 0, ALTER COLUMN commitment SET STATISTICS 0;
ALTER TABLE item ALTER COLUMN body SET STORAGE EXTERNAL; -- ciphertext can't be compressed
CREATE TABLE item_person (
	person text NOT NULL,
	item   text NOT NULL REFERENCES item (id),
	PRIMARY KEY (person, item)
);
CREATE TABLE shredded (
	person text PRIMARY KEY
);
