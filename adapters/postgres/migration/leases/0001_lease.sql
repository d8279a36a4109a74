-- A process that is alive. Its row ends with it, or once it is silent for a term: nothing else says that its leases are over.
CREATE TABLE process (
	id      bigint PRIMARY KEY, -- also the advisory lock that its connection holds
	name    text NOT NULL,
	serves  boolean NOT NULL,   -- comes before those that do not
	expires timestamptz NOT NULL,
	names   text[] NOT NULL,    -- that it holds or awaits
	asks    text[] NOT NULL     -- of these, what it should have before all others
);

CREATE TABLE lease (
	name    text PRIMARY KEY,
	epoch   bigint NOT NULL,
	process bigint REFERENCES process (id) ON DELETE SET NULL
);
CREATE INDEX lease_process ON lease (process);
