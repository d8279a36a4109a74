-- Sets of tables. The tables of a set are made and dropped with its row; their names begin with "v" and the id of the set, which
-- is never used again, so that no statement, in whichever process, meets other tables than its own.
CREATE TABLE generation (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  projection text   NOT NULL,
  state      text   NOT NULL CHECK (state IN ('live', 'shadow', 'dead')), -- dead: its tables wait to be dropped
  definition text   NOT NULL, -- digest of the definition of the projection's tables
  tables     text[] NOT NULL, -- to drop with it
  checkpoint text   NOT NULL, -- es.Position as text
  born       bigint NOT NULL DEFAULT 0, -- the highest number given to a row
  epoch      bigint NOT NULL DEFAULT 0  -- of the lease under which the projection is written; zero without leases
) WITH (fillfactor = 10); -- a checkpoint moves with every commit: each row keeps room for its next states on its page

-- One live set and one shadow at most.
CREATE UNIQUE INDEX generation_current ON generation (projection, state) WHERE state <> 'dead';

-- advance moves a set's checkpoint from where it must be, under a lease that must still be in force; whatever follows it in the
-- same transaction has no effect otherwise.
CREATE FUNCTION advance(target bigint, was text, becomes text, held bigint, used bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE generation SET checkpoint = becomes, born = greatest(born, used)
    WHERE id = target AND state <> 'dead' AND checkpoint = was AND (held = 0 OR epoch = held);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the checkpoint was moved' USING ERRCODE = 'MJ001';
  END IF;
END $$;
