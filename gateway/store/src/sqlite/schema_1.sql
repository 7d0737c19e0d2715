-- Times are microseconds since 1970 UTC; ids are 16 bytes; `sealed` cells are nonce, ciphertext and tag.

CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

-- Keys that data keys are wrapped under, and what tells that a key is still the same.
CREATE TABLE wrapping (key_id TEXT PRIMARY KEY, key_check BLOB NOT NULL) WITHOUT ROWID;

-- What tells that the oldest key, which finds and derives, is still the same.
CREATE TABLE wrapping_oldest (one INTEGER PRIMARY KEY CHECK (one = 1), key_check BLOB NOT NULL);

CREATE TABLE arriving (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    data_key BLOB NOT NULL,
    key_id TEXT NOT NULL
);

CREATE TABLE message (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    route TEXT NOT NULL,
    partner TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    correlation_id TEXT,
    media_type TEXT,
    file_name BLOB,                       -- sealed
    terms BLOB NOT NULL,                  -- sealed
    received_at INTEGER NOT NULL,
    settled_at INTEGER,
    ended_at INTEGER,                     -- settled, quarantined or discarded: retention counts from here
    audit_seq INTEGER NOT NULL DEFAULT 0,
    audit_hash BLOB NOT NULL,
    counts BLOB NOT NULL DEFAULT x'',
    replay BLOB,
    fence INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    data_key BLOB,                        -- wrapped; none once purged
    key_id TEXT
);
CREATE INDEX message_state ON message (state, id);
CREATE INDEX message_partner ON message (partner, id);
CREATE INDEX message_latest ON message (route, partner, received_at);
CREATE INDEX message_waits ON message (received_at, number) WHERE state = 'received';
CREATE INDEX message_ended ON message (state, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX message_flow ON message (correlation_id, id) WHERE correlation_id IS NOT NULL;
CREATE INDEX message_key ON message (key_id) WHERE key_id IS NOT NULL;

-- Sealed pieces of bodies; the key is the owner's number and the piece's.
CREATE TABLE chunk (place INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE parcel (place INTEGER PRIMARY KEY, data BLOB NOT NULL);

CREATE TABLE report (
    message INTEGER NOT NULL REFERENCES message,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (message, attempt)
);
CREATE INDEX report_at ON report (at);

CREATE TABLE reject (
    message INTEGER NOT NULL REFERENCES message,
    position INTEGER NOT NULL,
    part TEXT NOT NULL,
    line INTEGER NOT NULL,
    byte INTEGER NOT NULL,
    rule TEXT NOT NULL,
    row BLOB NOT NULL,                    -- sealed
    PRIMARY KEY (message, position)
) WITHOUT ROWID;

CREATE TABLE subject (
    id BLOB PRIMARY KEY,
    version INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    authority TEXT,
    protects_places INTEGER NOT NULL,
    guard_hold INTEGER NOT NULL,
    closed_by_adoption INTEGER NOT NULL,
    merged_into BLOB,
    data_key BLOB NOT NULL,
    key_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX subject_key ON subject (key_id);
CREATE INDEX subject_held ON subject (guard_hold) WHERE guard_hold = 1;

CREATE TABLE holding (
    subject BLOB NOT NULL REFERENCES subject,
    source TEXT NOT NULL,
    body BLOB NOT NULL,                   -- sealed
    PRIMARY KEY (subject, source)
);

CREATE TABLE identifier (name BLOB PRIMARY KEY, subject BLOB NOT NULL REFERENCES subject) WITHOUT ROWID;
CREATE INDEX identifier_subject ON identifier (subject);

CREATE TABLE place (
    subject BLOB NOT NULL REFERENCES subject,
    name BLOB NOT NULL,
    PRIMARY KEY (subject, name)
) WITHOUT ROWID;
CREATE INDEX place_name ON place (name, subject);

CREATE TABLE sent (
    subject BLOB NOT NULL REFERENCES subject,
    target TEXT NOT NULL,
    planned BLOB NOT NULL,                -- sealed
    delivered BLOB NOT NULL,              -- sealed
    PRIMARY KEY (subject, target)
);

CREATE TABLE delivery (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    route TEXT NOT NULL,
    target TEXT NOT NULL,
    recipient TEXT NOT NULL,
    lane BLOB NOT NULL,
    place INTEGER NOT NULL,
    ahead INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    planned_at INTEGER NOT NULL,
    format TEXT NOT NULL,
    media_type TEXT NOT NULL,
    view TEXT NOT NULL,
    terms TEXT NOT NULL,
    correlation_id TEXT,
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    tried INTEGER NOT NULL DEFAULT 0,     -- disclosed at least once: its body is what it is
    next_at INTEGER NOT NULL,
    reason TEXT,
    side TEXT,
    status INTEGER,
    settled_at INTEGER,
    holds INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    disclosure BLOB NOT NULL,             -- lines to be written when it is leased
    data_key BLOB,                        -- wrapped; none once purged
    key_id TEXT,
    UNIQUE (lane, place)
);
CREATE INDEX delivery_lane ON delivery (lane, state, ahead, place)
    WHERE state IN ('ready', 'waiting', 'leased', 'dead');
CREATE INDEX delivery_leased ON delivery (number) WHERE state = 'leased';
CREATE INDEX delivery_dead ON delivery (target, holds) WHERE state = 'dead';
CREATE INDEX delivery_state ON delivery (state, recipient, id);
CREATE INDEX delivery_route ON delivery (route, id);
CREATE INDEX delivery_recipient ON delivery (recipient, id);
CREATE INDEX delivery_settled ON delivery (state, settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX delivery_open ON delivery (planned_at) WHERE state IN ('ready', 'leased', 'waiting', 'sent', 'dead');
CREATE INDEX delivery_key ON delivery (key_id) WHERE key_id IS NOT NULL;

CREATE TABLE delivery_subject (
    delivery INTEGER NOT NULL REFERENCES delivery,
    position INTEGER NOT NULL,
    subject BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    after BLOB NOT NULL,                  -- sealed
    PRIMARY KEY (delivery, position)
);
CREATE INDEX delivery_subject_whose ON delivery_subject (subject, delivery);

CREATE TABLE delivery_source (
    delivery INTEGER NOT NULL REFERENCES delivery,
    message BLOB NOT NULL,
    PRIMARY KEY (delivery, message)
) WITHOUT ROWID;
CREATE INDEX delivery_source_message ON delivery_source (message, delivery);

-- The one delivery of each lane that may leave next, and when.
CREATE TABLE lane (
    lane BLOB PRIMARY KEY,
    places INTEGER NOT NULL,              -- given so far
    head INTEGER,
    target TEXT,
    due INTEGER
) WITHOUT ROWID;
CREATE INDEX lane_target ON lane (target, due, head) WHERE head IS NOT NULL;
CREATE INDEX lane_due ON lane (due) WHERE head IS NOT NULL;

CREATE TABLE breaker (target TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE idempotency (
    name BLOB PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    answer BLOB NOT NULL,                 -- sealed
    message BLOB,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_expires ON idempotency (expires_at);

CREATE TABLE assertion (name BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX assertion_expires ON assertion (expires_at);

CREATE TABLE proposal (
    id BLOB PRIMARY KEY,
    keeps BLOB NOT NULL,
    other BLOB NOT NULL,
    pair BLOB NOT NULL,
    state TEXT NOT NULL,
    evidence BLOB NOT NULL,               -- sealed
    made_at INTEGER NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE INDEX proposal_state ON proposal (state, id);
CREATE INDEX proposal_pair ON proposal (pair, made_at);

CREATE TABLE link (
    id BLOB PRIMARY KEY,
    proposal BLOB NOT NULL,
    winner BLOB NOT NULL,
    loser BLOB NOT NULL REFERENCES subject,
    made_at INTEGER NOT NULL,
    undone_at INTEGER,
    moves BLOB NOT NULL,                  -- sealed
    version INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE restriction (
    id BLOB PRIMARY KEY,
    subject BLOB NOT NULL REFERENCES subject,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,                   -- sealed
    set_by TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    review_at INTEGER,
    lift_first_by TEXT,
    lifted_at INTEGER,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX restriction_subject ON restriction (subject);
CREATE INDEX restriction_in_force ON restriction (kind) WHERE lifted_at IS NULL;

CREATE TABLE approval (
    route TEXT NOT NULL,
    recipient TEXT NOT NULL,
    digest TEXT NOT NULL,
    first_by TEXT NOT NULL,
    second_by TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (route, recipient, digest)
) WITHOUT ROWID;

CREATE TABLE alert (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    subject BLOB,
    raised_at INTEGER NOT NULL,
    seen_by TEXT
) WITHOUT ROWID;
CREATE INDEX alert_open ON alert (raised_at) WHERE seen_by IS NULL;

-- The columns beside the line are for finding it; verification compares them with it.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject BLOB,
    object TEXT,
    line TEXT NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_subject ON audit (subject, seq) WHERE subject IS NOT NULL;
CREATE INDEX audit_object ON audit (object, seq) WHERE object IS NOT NULL;
CREATE INDEX audit_checkpoint ON audit (seq) WHERE action = 'checkpoint';

CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL);
INSERT INTO audit_head VALUES (1, 0, zeroblob(32));
