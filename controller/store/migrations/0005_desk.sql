-- The desk: departments, stages of review, signed approvals, deputies, what the
-- office maintains itself, and the audit log.

CREATE TABLE departments (
    id       TEXT PRIMARY KEY,
    site     TEXT NOT NULL,
    position BIGINT NOT NULL,
    text     TEXT NOT NULL, -- what it is searched by
    body     BLOB NOT NULL  -- store.Department
);

ALTER TABLE accounts ADD COLUMN department TEXT NOT NULL DEFAULT ''; -- empty: of all departments of the site
ALTER TABLE accounts ADD COLUMN contractor BIGINT NOT NULL DEFAULT 0; -- drafts and nothing else
ALTER TABLE accounts ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN must_change BIGINT NOT NULL DEFAULT 0; -- the password was set by somebody else
ALTER TABLE accounts ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;        -- last sign-in

UPDATE accounts SET roles = REPLACE(roles, 'reviewer', 'first_reviewer,second_reviewer');
UPDATE api_tokens SET roles = REPLACE(roles, 'reviewer', 'first_reviewer,second_reviewer');

-- stage is the capacity that the newest version waits for: first_review,
-- second_review, secrecy_review, release; outside while others look at it,
-- returned when it came back; empty when it waits for nobody but its author.
ALTER TABLE notices ADD COLUMN stage TEXT NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN since BIGINT NOT NULL DEFAULT 0;      -- it waits since
ALTER TABLE notices ADD COLUMN department TEXT NOT NULL DEFAULT '';  -- that wrote it
ALTER TABLE notices ADD COLUMN author TEXT NOT NULL DEFAULT '';      -- login of who wrote the newest version
ALTER TABLE notices ADD COLUMN shown_version BIGINT NOT NULL DEFAULT 0; -- the last version that was in force
ALTER TABLE notices ADD COLUMN shown_title TEXT NOT NULL DEFAULT '';    -- its title: all that others see while the next is written
UPDATE notices SET shown_version = live, shown_title = title WHERE live > 0;
UPDATE notices SET shown_version = version, shown_title = title WHERE live = 0 AND status = 'taken_down';
CREATE INDEX notices_by_stage ON notices (stage, site, since);
CREATE INDEX notices_by_department ON notices (department, status);
CREATE INDEX notices_by_column ON notices (column_id, site, live);

-- published is when a version came into force last; posting the end of the
-- newest version's posting period by the calendar of the day it was saved.
ALTER TABLE notices ADD COLUMN published BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN posting BIGINT NOT NULL DEFAULT 0;
UPDATE notices SET published = COALESCE((SELECT MAX(v.published) FROM notice_versions v WHERE v.notice = notices.id), 0);
CREATE INDEX notices_by_duty ON notices (column_id, site, status, published, live, not_after);
CREATE INDEX notices_by_kind ON notices (kind, status, updated, id); -- alerts are few among many, and asked for on every page
CREATE INDEX notices_by_author ON notices (author, stage, updated);
CREATE INDEX notices_by_end ON notices (not_after);
CREATE INDEX notices_by_posting ON notices (posting);
CREATE INDEX notices_by_release ON notices (published);
CREATE INDEX versions_by_release ON notice_versions (published, notice);

ALTER TABLE notice_versions ADD COLUMN policy BLOB; -- review.Policy in force when it was sent; NULL before

-- Signed approvals: append-only.
CREATE TABLE approvals (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    notice   TEXT NOT NULL,
    version  BIGINT NOT NULL,
    ref      TEXT NOT NULL,   -- assets.Ref of the notice's bytes
    capacity TEXT NOT NULL,   -- review.Capacity
    person   TEXT NOT NULL,   -- login of who signed
    deputy   TEXT NOT NULL,   -- login of the person for whom he signed, or empty
    at       BIGINT NOT NULL,
    envelope BLOB NOT NULL    -- wire.Envelope of a review.Approval
);
CREATE INDEX approvals_by_notice ON approvals (notice, version, id);
CREATE INDEX approvals_by_person ON approvals (person, at);

-- The public keys of persons, so that approvals can be checked for ever.
CREATE TABLE signers (
    person     TEXT NOT NULL, -- login
    public_key BLOB NOT NULL, -- 32 bytes, ed25519
    since      BIGINT NOT NULL,
    envelope   BLOB NOT NULL, -- wire.Envelope of a review.Signer, by the key of the root
    PRIMARY KEY (person, public_key)
);

-- What was said on the way: sent, returned, withdrawn, sent outside, answered.
CREATE TABLE remarks (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    notice  TEXT NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    person  TEXT NOT NULL,
    kind    TEXT NOT NULL, -- submit, return, withdraw, outside, reply, approve, explain, override
    stage   TEXT NOT NULL, -- in which it stood
    text    TEXT NOT NULL,
    ref     TEXT NOT NULL  -- of a file that belongs to it, or empty
);
CREATE INDEX remarks_by_notice ON remarks (notice, id);

-- Deputies by date (A/B 角).
CREATE TABLE deputies (
    id       TEXT PRIMARY KEY,
    person   TEXT NOT NULL, -- login of who is away
    deputy   TEXT NOT NULL, -- login of who stands in
    roles    TEXT NOT NULL, -- comma-separated
    from_day TEXT NOT NULL,
    to_day   TEXT NOT NULL, -- the last day
    reason   TEXT NOT NULL,
    actor    TEXT NOT NULL,
    created  BIGINT NOT NULL,
    ended    BIGINT NOT NULL
);
CREATE INDEX deputies_by_deputy ON deputies (deputy, to_day);
CREATE INDEX deputies_by_person ON deputies (person, to_day);

CREATE TABLE policies (
    site TEXT PRIMARY KEY, -- in force there and below
    body BLOB NOT NULL     -- review.Policy
);

-- Files that are no part of what is shown: scans of signatures, minutes, replies.
CREATE TABLE evidence (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    notice  TEXT NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    person  TEXT NOT NULL,
    name    TEXT NOT NULL,
    type    TEXT NOT NULL,
    ref     TEXT NOT NULL,
    size    BIGINT NOT NULL
);
CREATE INDEX evidence_by_notice ON evidence (notice, id);

-- Words that the office looks for: sensitive ones and mistypings.
CREATE TABLE words (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL, -- in force there and below
    body BLOB NOT NULL, -- guard.Word
    text TEXT NOT NULL,
    UNIQUE (site, text)
);

-- How the columns of a sheet were read the last time.
CREATE TABLE mappings (
    department TEXT NOT NULL, -- or site:<id> of who belongs to none
    shape      TEXT NOT NULL, -- of the sheet's headings
    used       BIGINT NOT NULL,
    body       BLOB NOT NULL,
    PRIMARY KEY (department, shape)
);

-- Files that somebody is importing, for two days.
CREATE TABLE uploads (
    id     TEXT PRIMARY KEY,
    person TEXT NOT NULL, -- login
    at     BIGINT NOT NULL,
    name   TEXT NOT NULL,
    kind   TEXT NOT NULL, -- of the list
    state  BLOB NOT NULL, -- what was said about it so far, as JSON
    data   BLOB NOT NULL
);
CREATE INDEX uploads_by_person ON uploads (person, at);

-- What somebody is typing, before it is a draft.
CREATE TABLE autosaves (
    person TEXT NOT NULL,
    form   TEXT NOT NULL, -- which form, for example new:fund:<once> or notice:<id>
    kind   TEXT NOT NULL,
    notice TEXT NOT NULL,
    title  TEXT NOT NULL,
    at     BIGINT NOT NULL,
    body   BLOB NOT NULL, -- the fields as they were sent, url-encoded
    PRIMARY KEY (person, form)
);

-- The audit log: append-only and chained. hash is the sha256 of the line before
-- and of this one. The lines of the former register are taken over when the
-- program starts with this schema.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    origin  TEXT NOT NULL, -- address that the request came from
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    site    TEXT NOT NULL,
    detail  TEXT NOT NULL,
    before  TEXT NOT NULL,
    after   TEXT NOT NULL,
    hash    BLOB NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
