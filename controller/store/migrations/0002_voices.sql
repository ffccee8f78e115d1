-- What residents said at touchscreens. The ID is the device's, so that what is
-- sent twice is stored once.
CREATE TABLE voices (
    id       TEXT PRIMARY KEY,
    number   TEXT NOT NULL, -- wire.Voice.Number, which the resident may have written down
    screen   TEXT NOT NULL,
    site     TEXT NOT NULL, -- of the screen when it arrived
    kind     TEXT NOT NULL, -- rating, opinion, objection
    notice   TEXT NOT NULL, -- empty when it is about none
    version  BIGINT NOT NULL,
    title    TEXT NOT NULL, -- of the notice as the resident saw it
    score    BIGINT NOT NULL,
    topics   TEXT NOT NULL, -- one in a line
    text     TEXT NOT NULL,
    contact  TEXT NOT NULL,
    at       BIGINT NOT NULL, -- by the device's clock
    received BIGINT NOT NULL,
    state    TEXT NOT NULL,   -- new, answered, closed
    note     TEXT NOT NULL,   -- what was done about it
    actor    TEXT NOT NULL,   -- who wrote that
    handled  BIGINT NOT NULL
);
CREATE INDEX voices_by_state ON voices (state, site, received);
CREATE INDEX voices_by_site ON voices (site, received);
CREATE INDEX voices_by_notice ON voices (notice, kind);
CREATE INDEX voices_by_screen ON voices (screen, received);

-- Counts without identity, one row for each screen and civil day: a year of a
-- county is added up from a hundred thousand rows and not from ten million.
CREATE TABLE usage (
    day    TEXT NOT NULL, -- 2026-11-22 at the screen
    screen TEXT NOT NULL,
    site   TEXT NOT NULL, -- of the screen on that day
    counts TEXT NOT NULL, -- lines of a key (wire.CountSession and so on), a space and a number
    empty  TEXT NOT NULL, -- lines of searches that found nothing, as typed
    PRIMARY KEY (day, screen)
);
CREATE INDEX usage_by_screen ON usage (screen, day);
