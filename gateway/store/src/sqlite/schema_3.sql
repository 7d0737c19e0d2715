-- Homes that providers offer, and who the providers are. Names are HMACs of what they are called outside.

CREATE TABLE home (
    id BLOB PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    body BLOB NOT NULL,                   -- sealed
    data_key BLOB NOT NULL,
    key_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX home_key ON home (key_id);

-- What was said of a home before.
CREATE TABLE home_version (
    home BLOB NOT NULL REFERENCES home ON DELETE CASCADE,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    body BLOB NOT NULL,                   -- sealed
    PRIMARY KEY (home, version)
) WITHOUT ROWID;

CREATE TABLE provider (
    id BLOB PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    body BLOB NOT NULL,                   -- sealed
    data_key BLOB NOT NULL,
    key_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX provider_key ON provider (key_id);
