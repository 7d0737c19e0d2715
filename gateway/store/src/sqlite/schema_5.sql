-- Photographs of homes, each under a data key of its own: with the row goes the key. Names are HMACs.

CREATE TABLE photo (
    id BLOB PRIMARY KEY NOT NULL,
    home BLOB NOT NULL REFERENCES home ON DELETE CASCADE,
    name BLOB NOT NULL,
    about BLOB NOT NULL,                  -- sealed
    data_key BLOB NOT NULL,
    key_id TEXT NOT NULL,
    body BLOB NOT NULL,                   -- sealed; last, so that the rest is read without it
    UNIQUE (home, name)
);
CREATE INDEX photo_key ON photo (key_id);
