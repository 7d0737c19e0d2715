-- Whole files: made at each run of a schedule, over several commits; what is `making` is nobody's yet.

ALTER TABLE delivery ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;
CREATE INDEX delivery_making ON delivery (number) WHERE state = 'making';

-- Lines of the audit chain that are written when a whole file is first leased.
CREATE TABLE disclosure (
    delivery INTEGER NOT NULL REFERENCES delivery ON DELETE CASCADE,
    lot INTEGER NOT NULL,
    lines BLOB NOT NULL,
    PRIMARY KEY (delivery, lot)
);

-- When whole files were last made for a target, how often one was asked for besides, and how many of that were answered.
CREATE TABLE run (
    target TEXT PRIMARY KEY,
    made INTEGER NOT NULL,
    asked INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Whoever is not in a whole file that was delivered is found by it.
CREATE INDEX sent_target ON sent (target);
