-- A content is the chunks of one writing, in order; it is there once its digest names that writing.
CREATE TABLE writing (
	id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	begun_at timestamptz NOT NULL DEFAULT now(),
	whole    boolean NOT NULL DEFAULT false
);
CREATE INDEX writing_unfinished ON writing (begun_at) WHERE NOT whole;
CREATE TABLE chunk (
	writing bigint NOT NULL REFERENCES writing (id) ON DELETE CASCADE,
	number  integer NOT NULL,
	data    bytea NOT NULL,
	PRIMARY KEY (writing, number)
);
ALTER TABLE chunk ALTER COLUMN data SET STORAGE EXTERNAL; -- time matters more than space, and pictures don't compress
CREATE TABLE content (
	digest  text COLLATE "C" PRIMARY KEY,
	writing bigint NOT NULL UNIQUE REFERENCES writing (id)
);
