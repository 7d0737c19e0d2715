-- Searches for homes, each with the offers that answer it. Names are HMACs of their random references.

CREATE TABLE referral (
    id BLOB PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    body BLOB NOT NULL,                   -- sealed
    data_key BLOB NOT NULL,
    key_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX referral_key ON referral (key_id);
