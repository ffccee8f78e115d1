-- The watch: what happened to screens, warnings, and what screens find when they
-- look themselves over.

-- What happened to a screen, for its page: append-only, forgotten with age.
CREATE TABLE screen_events (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    screen TEXT NOT NULL,
    at     BIGINT NOT NULL,
    kind   TEXT NOT NULL, -- store.EventKind
    detail TEXT NOT NULL, -- for the kind: an address, a version, the id of a warning
    actor  TEXT NOT NULL  -- login, or empty when it happened by itself
);
CREATE INDEX screen_events_by_screen ON screen_events (screen, id);
CREATE INDEX screen_events_by_age ON screen_events (at);

CREATE TABLE warnings (
    id           TEXT PRIMARY KEY,
    scope        TEXT NOT NULL,   -- a screen's id, or site:ID for the line of a site
    site         TEXT NOT NULL,   -- for rights
    kind         TEXT NOT NULL,   -- fleet.Kind
    severity     BIGINT NOT NULL,
    opened       BIGINT NOT NULL, -- since when it is wrong
    shown        BIGINT NOT NULL, -- when it became a warning
    closed       BIGINT NOT NULL, -- 0 while it is open
    acknowledged BIGINT NOT NULL, -- 0 until a person took it
    actor        TEXT NOT NULL,   -- login of that person
    body         BLOB NOT NULL    -- store.Warning
);
CREATE INDEX warnings_by_state ON warnings (closed, shown);
CREATE INDEX warnings_by_scope ON warnings (scope, shown);

-- Messages about warnings on their way by mail or webhook: kept until they are
-- delivered or given up.
CREATE TABLE deliveries (
    id      TEXT PRIMARY KEY,
    warning TEXT NOT NULL,
    way     TEXT NOT NULL,   -- mail or webhook, with its address
    due     BIGINT NOT NULL, -- next attempt
    tries   BIGINT NOT NULL,
    done    BIGINT NOT NULL, -- 0 until delivered or given up
    error   TEXT NOT NULL,
    body    BLOB NOT NULL
);
CREATE INDEX deliveries_by_due ON deliveries (done, due);

CREATE TABLE patrols (
    screen TEXT NOT NULL,
    day    TEXT NOT NULL,   -- civil day of the office
    at     BIGINT NOT NULL, -- controller clock
    bad    BIGINT NOT NULL, -- how many checks found something
    body   BLOB NOT NULL,   -- wire.Patrol
    PRIMARY KEY (screen, day)
);
CREATE INDEX patrols_by_day ON patrols (day, bad);

ALTER TABLE commands ADD COLUMN value BIGINT NOT NULL DEFAULT 0;
ALTER TABLE commands ADD COLUMN text TEXT NOT NULL DEFAULT ''; -- of a log
