-- The log. Positions are given by the writer, without gaps and in the order of commit. Integers stand for the texts that
-- recur (names of streams, categories, types); nothing refers back by foreign key, since every reference is made by the
-- writer and re-read by Check, and an append should cost two index entries and no more.

-- Categories and event types.
CREATE TABLE name (
  id   INTEGER PRIMARY KEY,
  text TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE stream (
  id       INTEGER PRIMARY KEY,
  category INTEGER NOT NULL,
  text     TEXT    NOT NULL,
  UNIQUE (category, text)
) STRICT;

CREATE TABLE event (
  position INTEGER PRIMARY KEY,
  stream   INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  type     INTEGER NOT NULL,
  id       BLOB    NOT NULL UNIQUE, -- the 16 bytes of the UUID
  hash     BLOB    NOT NULL,        -- es.Record.Hash, 32 bytes
  meta     BLOB    NOT NULL,        -- packed (pack.go), comes back as given
  data     BLOB    NOT NULL,        -- as given
  UNIQUE (stream, revision)
) STRICT;

CREATE TRIGGER event_is_never_updated BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are never updated'); END;

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
