-- Whose a resource is. Its id is an HMAC under a key of ours already, and names nobody: it stands as it is.

CREATE TABLE resource (id BLOB PRIMARY KEY, subject BLOB NOT NULL REFERENCES subject) WITHOUT ROWID;
CREATE INDEX resource_subject ON resource (subject);

-- Whether somebody has looked which resources come of what is held now; of what an older layout holds nobody has.
ALTER TABLE subject ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX subject_unindexed ON subject (id) WHERE indexed = 0 AND erased_at IS NULL;
