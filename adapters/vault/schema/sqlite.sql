CREATE TABLE setting (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT;
CREATE TABLE person (
	id     TEXT PRIMARY KEY,
	lookup BLOB NOT NULL UNIQUE,
	master TEXT NOT NULL,
	key    BLOB NOT NULL
) STRICT;
CREATE INDEX person_master ON person (master);
CREATE TABLE item (
	id         TEXT PRIMARY KEY,
	persons    TEXT NOT NULL,
	commitment TEXT NOT NULL,
	body       BLOB
) STRICT;
CREATE TABLE item_person (
	person TEXT NOT NULL,
	item   TEXT NOT NULL REFERENCES item (id),
	PRIMARY KEY (person, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE shredded (
	person TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
