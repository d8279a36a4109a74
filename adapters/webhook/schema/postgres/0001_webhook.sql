CREATE TABLE endpoint (
	id          text COLLATE "C" PRIMARY KEY,
	account     text COLLATE "C" NOT NULL,
	authority   text NOT NULL,
	url         text NOT NULL,
	contact     text NOT NULL,
	kinds       text NOT NULL, -- JSON
	authorities text NOT NULL, -- JSON
	state       text NOT NULL,
	reason      text NOT NULL,
	created_at  bigint NOT NULL, -- this and all times: milliseconds
	through     bigint NOT NULL,
	epoch       text NOT NULL,
	run         bigint NOT NULL,
	streak      bigint NOT NULL,
	not_before  bigint NOT NULL,
	attempts    bigint NOT NULL,
	acts        bigint NOT NULL,
	tested_at   bigint NOT NULL
);
CREATE INDEX endpoint_account ON endpoint (account, id);
CREATE TABLE secret (
	endpoint   text COLLATE "C" NOT NULL,
	number     bigint NOT NULL,
	command    text NOT NULL,
	master     text COLLATE "C" NOT NULL,
	sealed     bytea NOT NULL,
	public     bytea NOT NULL,
	created_at bigint NOT NULL,
	until      bigint NOT NULL, -- 0 for none
	PRIMARY KEY (endpoint, number)
);
CREATE INDEX secret_master ON secret (master);
CREATE TABLE waiting (
	endpoint   text COLLATE "C" NOT NULL,
	sequence   bigint NOT NULL,
	disclosure text COLLATE "C" NOT NULL,
	tries      bigint NOT NULL,
	since      bigint NOT NULL, -- of its first failure, 0 for none
	due        bigint NOT NULL,
	PRIMARY KEY (endpoint, sequence)
);
CREATE INDEX waiting_disclosure ON waiting (endpoint, disclosure, sequence);
CREATE INDEX waiting_due ON waiting (endpoint, due);
CREATE TABLE attempt (
	endpoint   text COLLATE "C" NOT NULL,
	number     bigint NOT NULL,
	sequence   bigint NOT NULL,
	disclosure text COLLATE "C" NOT NULL,
	message    text NOT NULL,
	try        bigint NOT NULL,
	at         bigint NOT NULL,
	outcome    text NOT NULL,
	status     bigint NOT NULL,
	took       bigint NOT NULL,
	PRIMARY KEY (endpoint, number)
);
CREATE TABLE act (
	endpoint text COLLATE "C" NOT NULL,
	number   bigint NOT NULL,
	at       bigint NOT NULL,
	account  text COLLATE "C" NOT NULL,
	act      text NOT NULL,
	reason   text NOT NULL,
	PRIMARY KEY (endpoint, number)
);
