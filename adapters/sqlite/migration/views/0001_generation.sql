-- Sets of tables. The tables of a set are made and dropped with its row; their names begin with "v" and the id of the set.
CREATE TABLE generation (
  id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so that no statement meets other tables than its own
  projection TEXT    NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('live', 'shadow', 'dead')), -- dead: its tables wait to be dropped
  definition TEXT    NOT NULL, -- digest of the definition of the projection's tables
  tables     TEXT    NOT NULL, -- names of the tables to drop, a JSON array
  checkpoint TEXT    NOT NULL  -- es.Position as text
) STRICT;

-- One live set and one shadow at most.
CREATE UNIQUE INDEX generation_current ON generation (projection, state) WHERE state <> 'dead';
