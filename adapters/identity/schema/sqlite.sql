CREATE TABLE token (
	id         TEXT PRIMARY KEY,
	hash       BLOB NOT NULL UNIQUE,
	account    TEXT NOT NULL,
	role       TEXT NOT NULL,
	authority  TEXT NOT NULL,
	inspector  TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	revoked_at INTEGER
) STRICT, WITHOUT ROWID;
