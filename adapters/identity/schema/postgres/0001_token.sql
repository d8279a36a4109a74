CREATE TABLE token (
	id         text COLLATE "C" PRIMARY KEY,
	hash       bytea NOT NULL UNIQUE,
	account    text NOT NULL,
	role       text NOT NULL,
	authority  text NOT NULL,
	inspector  text NOT NULL,
	created_at bigint NOT NULL,
	expires_at bigint NOT NULL,
	revoked_at bigint
);
CREATE INDEX token_created ON token (created_at DESC, id);
