CREATE TABLE endpoint (
	id          TEXT PRIMARY KEY,
	account     TEXT NOT NULL,
	authority   TEXT NOT NULL,
	url         TEXT NOT NULL,
	contact     TEXT NOT NULL,
	kinds       TEXT NOT NULL, -- JSON
	authorities TEXT NOT NULL, -- JSON
	state       TEXT NOT NULL,
	reason      TEXT NOT NULL,
	created_at  INTEGER NOT NULL, -- this and all times: milliseconds
	through     INTEGER NOT NULL,
	epoch       TEXT NOT NULL,
	run         INTEGER NOT NULL,
	streak      INTEGER NOT NULL,
	not_before  INTEGER NOT NULL,
	attempts    INTEGER NOT NULL,
	acts        INTEGER NOT NULL,
	tested_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX endpoint_account ON endpoint (account, id);
CREATE TABLE secret (
	endpoint   TEXT NOT NULL,
	number     INTEGER NOT NULL,
	command    TEXT NOT NULL,
	master     TEXT NOT NULL,
	sealed     BLOB NOT NULL,
	public     BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	until      INTEGER NOT NULL, -- 0 for none
	PRIMARY KEY (endpoint, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_master ON secret (master);
CREATE TABLE waiting (
	endpoint   TEXT NOT NULL,
	sequence   INTEGER NOT NULL,
	disclosure TEXT NOT NULL,
	tries      INTEGER NOT NULL,
	since      INTEGER NOT NULL, -- of its first failure, 0 for none
	due        INTEGER NOT NULL,
	PRIMARY KEY (endpoint, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_disclosure ON waiting (endpoint, disclosure, sequence);
CREATE INDEX waiting_due ON waiting (endpoint, due);
CREATE TABLE attempt (
	endpoint   TEXT NOT NULL,
	number     INTEGER NOT NULL,
	sequence   INTEGER NOT NULL,
	disclosure TEXT NOT NULL,
	message    TEXT NOT NULL,
	try        INTEGER NOT NULL,
	at         INTEGER NOT NULL,
	outcome    TEXT NOT NULL,
	status     INTEGER NOT NULL,
	took       INTEGER NOT NULL,
	PRIMARY KEY (endpoint, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE act (
	endpoint TEXT NOT NULL,
	number   INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	account  TEXT NOT NULL,
	act      TEXT NOT NULL,
	reason   TEXT NOT NULL,
	PRIMARY KEY (endpoint, number)
) STRICT, WITHOUT ROWID;
