-- The log. Positions are given by the writer who holds the row of head, without gaps and in the order of commit. Integers stand
-- for the texts that recur (names of streams, categories, types); nothing refers back by foreign key, since every reference is
-- made by the writer and re-read by Check, and an append should cost three index entries and no more.

-- Categories and event types.
CREATE TABLE name (
  id   integer PRIMARY KEY,
  text text COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE stream (
  id       bigint PRIMARY KEY, -- the position of its first event
  category integer NOT NULL,
  text     text COLLATE "C" NOT NULL,
  UNIQUE (category, text)
);

CREATE TABLE event (
  position bigint  PRIMARY KEY,
  stream   bigint  NOT NULL,
  revision bigint  NOT NULL,
  type     integer NOT NULL,
  id       uuid    NOT NULL UNIQUE,
  hash     bytea   NOT NULL, -- es.Record.Hash, 32 bytes
  meta     bytea   NOT NULL, -- as given
  data     bytea   NOT NULL, -- as given
  UNIQUE (stream, revision)
);

-- The end of the log: its one row is what all appends, of all processes, wait for in turn.
CREATE TABLE head (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint  NOT NULL
) WITH (fillfactor = 10);
INSERT INTO head (position) VALUES (0);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are never updated or deleted'; END $$;

CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON event
EXECUTE FUNCTION refuse_change();
