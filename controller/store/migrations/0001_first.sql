-- Times are milliseconds since 1970 UTC, 0 for "never". Bodies are JSON of the
-- type named beside them. Only what is searched or joined has its own column.

CREATE TABLE sites (
    id       TEXT PRIMARY KEY,
    parent   TEXT NOT NULL,
    position BIGINT NOT NULL,
    body     BLOB NOT NULL -- playlist.Site
);

CREATE TABLE columns (
    id       TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    body     BLOB NOT NULL -- playlist.Column
);

CREATE TABLE days (
    date TEXT PRIMARY KEY, -- 2026-10-01
    body BLOB NOT NULL     -- schedule.Exception
);

CREATE TABLE playlists (
    site     TEXT NOT NULL,
    id       TEXT NOT NULL,
    position BIGINT NOT NULL,
    body     BLOB NOT NULL, -- playlist.Playlist
    PRIMARY KEY (site, id)
);

CREATE TABLE rules (
    site     TEXT NOT NULL,
    id       TEXT NOT NULL,
    position BIGINT NOT NULL,
    body     BLOB NOT NULL, -- schedule.Rule
    PRIMARY KEY (site, id)
);

CREATE TABLE notices (
    id        TEXT PRIMARY KEY,
    site      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    column_id TEXT NOT NULL,
    title     TEXT NOT NULL,
    status    TEXT NOT NULL,   -- draft, published, taken_down
    version   BIGINT NOT NULL, -- the newest version
    live      BIGINT NOT NULL, -- the version in force, 0 for none
    updated   BIGINT NOT NULL,
    not_after BIGINT NOT NULL  -- of the newest version
);
CREATE INDEX notices_by_site ON notices (site, kind, status);
CREATE INDEX notices_by_age ON notices (updated, id);

CREATE TABLE notice_versions (
    notice    TEXT NOT NULL,
    version   BIGINT NOT NULL,
    status    TEXT NOT NULL,   -- draft, published, superseded, taken_down
    body      BLOB NOT NULL,   -- playlist.Notice, the bytes of the blob
    ref       TEXT NOT NULL,   -- assets.Ref of body
    author    TEXT NOT NULL,
    saved     BIGINT NOT NULL,
    published BIGINT NOT NULL,
    edition   BIGINT NOT NULL, -- the first revision of the channel that carried it
    PRIMARY KEY (notice, version)
);

-- wanted counts the changes asked for, compiled those that the newest edition
-- holds, so a crash between the two leaves the difference to be seen.
CREATE TABLE channels (
    id         TEXT PRIMARY KEY,
    public_key BLOB NOT NULL, -- 32 bytes, ed25519
    revision   BIGINT NOT NULL,
    wanted     BIGINT NOT NULL,
    compiled   BIGINT NOT NULL
);

CREATE TABLE editions (
    channel  TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created  BIGINT NOT NULL,
    envelope BLOB NOT NULL, -- wire.Envelope
    fresh    BLOB NOT NULL, -- []playlist.Blob: those that the revision before did not have
    PRIMARY KEY (channel, revision)
);

CREATE TABLE takedowns (
    notice  TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    reason  TEXT NOT NULL,
    actor   TEXT NOT NULL
);
CREATE INDEX takedowns_by_channel ON takedowns (channel);

CREATE TABLE screens (
    id                TEXT PRIMARY KEY,
    site              TEXT NOT NULL,
    body              BLOB NOT NULL, -- playlist.Screen
    language          TEXT NOT NULL,
    device_key        BLOB,          -- 32 bytes, ed25519; NULL until enrolled
    epoch             BIGINT NOT NULL, -- counts the ledgers that this screen has had
    enrolled          BIGINT NOT NULL,
    program           TEXT NOT NULL,
    host              TEXT NOT NULL,
    settings_revision BIGINT NOT NULL,
    settings          BLOB,          -- wire.Envelope
    reported_settings BIGINT NOT NULL,
    reported          BLOB NOT NULL, -- map channel to revision
    reported_at       BIGINT NOT NULL,
    refused           BLOB,          -- wire.Refused; NULL when the last envelope was adopted
    ledger_seq        BIGINT NOT NULL,
    ledger_chain      TEXT NOT NULL
);
CREATE UNIQUE INDEX screens_by_key ON screens (device_key);
CREATE INDEX screens_by_site ON screens (site);

-- Devices whose screen a person removed: they are told to stop.
CREATE TABLE removed_devices (
    device_key BLOB PRIMARY KEY,
    screen     TEXT NOT NULL,
    at         BIGINT NOT NULL
);

CREATE TABLE health (
    screen TEXT PRIMARY KEY,
    at     BIGINT NOT NULL, -- controller clock
    online BIGINT NOT NULL, -- 0 once the connection is gone
    body   BLOB NOT NULL    -- wire.Report
);

CREATE TABLE health_history (
    screen TEXT NOT NULL,
    at     BIGINT NOT NULL,
    body   BLOB NOT NULL, -- wire.Report
    PRIMARY KEY (screen, at)
);

CREATE TABLE ledger (
    screen     TEXT NOT NULL,
    epoch      BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    notice     TEXT NOT NULL,
    from_time  BIGINT NOT NULL,
    until_time BIGINT NOT NULL,
    body       BLOB NOT NULL, -- wire.Row as it came, so that the chain can be checked again
    PRIMARY KEY (screen, epoch, seq)
);

-- display sums the ledger per civil day, in the same transaction.
CREATE TABLE display (
    notice  TEXT NOT NULL,
    screen  TEXT NOT NULL,
    day     TEXT NOT NULL,
    millis  BIGINT NOT NULL,
    times   BIGINT NOT NULL,
    first   BIGINT NOT NULL,
    last    BIGINT NOT NULL,
    version BIGINT NOT NULL, -- newest version shown that day
    PRIMARY KEY (notice, screen, day)
);

CREATE TABLE commands (
    id      TEXT PRIMARY KEY,
    screen  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    created BIGINT NOT NULL,
    done    BIGINT NOT NULL,
    ok      BIGINT NOT NULL,
    error   TEXT NOT NULL,
    ref     TEXT NOT NULL -- the screenshot, in assets
);
CREATE INDEX commands_by_screen ON commands (screen, created);

CREATE TABLE accounts (
    id       TEXT PRIMARY KEY,
    login    TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    site     TEXT NOT NULL,
    roles    TEXT NOT NULL, -- comma-separated
    password TEXT NOT NULL, -- argon2id in PHC form
    disabled BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked   BIGINT NOT NULL, -- until
    created  BIGINT NOT NULL
);

CREATE TABLE sessions (
    hash    BLOB PRIMARY KEY, -- sha256 of the token
    account TEXT NOT NULL,
    created BIGINT NOT NULL,
    used    BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE TABLE api_tokens (
    id      TEXT PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE, -- sha256 of the token
    label   TEXT NOT NULL,
    roles   TEXT NOT NULL,
    site    TEXT NOT NULL,
    actor   TEXT NOT NULL, -- who made it
    created BIGINT NOT NULL,
    used    BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT NOT NULL
);

-- The register (登记簿): append-only.
CREATE TABLE register (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    site    TEXT NOT NULL,
    detail  TEXT NOT NULL
);
CREATE INDEX register_by_subject ON register (subject, id);
CREATE TRIGGER register_no_update BEFORE UPDATE ON register BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END;
CREATE TRIGGER register_no_delete BEFORE DELETE ON register BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END;

-- Answers already given, so that a request sent twice counts once.
CREATE TABLE requests (
    id     TEXT PRIMARY KEY,
    at     BIGINT NOT NULL,
    answer BLOB NOT NULL
);

CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);
