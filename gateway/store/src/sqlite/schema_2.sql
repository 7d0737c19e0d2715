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

-- Who is who, and what people do about it.

-- An act that takes two persons, once the first has begun it.
ALTER TABLE subject ADD COLUMN begun_act TEXT;
ALTER TABLE subject ADD COLUMN begun_by TEXT;
CREATE INDEX subject_begun ON subject (begun_act, id) WHERE begun_act IS NOT NULL;
DROP INDEX subject_held;
CREATE INDEX subject_held ON subject (id) WHERE guard_hold = 1;

-- What subjects are looked for by who may be one: HMACs of folded names and birth dates.
CREATE TABLE demographic (
    name BLOB NOT NULL,
    subject BLOB NOT NULL REFERENCES subject,
    PRIMARY KEY (name, subject)
) WITHOUT ROWID;
CREATE INDEX demographic_subject ON demographic (subject);

-- An HMAC of the identifiers that a pair had when it was proposed; none in proposals of the first layout.
ALTER TABLE proposal ADD COLUMN grounds BLOB;
CREATE INDEX proposal_keeps ON proposal (keeps, id);
CREATE INDEX proposal_other ON proposal (other, id);

-- Recipients that an authority has named for a child.
CREATE TABLE relation (
    id BLOB PRIMARY KEY,
    ods TEXT NOT NULL,
    subject BLOB NOT NULL REFERENCES subject,
    since INTEGER NOT NULL,
    until INTEGER,
    set_by TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    ended_at INTEGER,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX relation_subject ON relation (subject);
CREATE INDEX relation_stands ON relation (ods, id) WHERE ended_at IS NULL;

-- What each partner could see by the configuration that was loaded last; words of ours, nothing of a child.
CREATE TABLE loaded_view (
    partner TEXT PRIMARY KEY,
    view TEXT NOT NULL,
    cells TEXT NOT NULL,
    loaded_at INTEGER NOT NULL
) WITHOUT ROWID;

-- The end of what is held: when it may go, a person's word about it, and when it went. Of a subject that was erased only
-- HMACs of its identifiers stay, so that a document that names it again brings nothing back unseen.
ALTER TABLE subject ADD COLUMN eligible_until INTEGER;
ALTER TABLE subject ADD COLUMN handed_over TEXT;
ALTER TABLE subject ADD COLUMN erased_at INTEGER;
CREATE INDEX subject_ends ON subject (eligible_until, id) WHERE eligible_until IS NOT NULL AND erased_at IS NULL;
