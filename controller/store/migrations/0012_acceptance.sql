-- The acceptance of screens: one guided walk each, kept for ever.
CREATE TABLE acceptances (
    id       TEXT PRIMARY KEY,
    screen   TEXT NOT NULL,
    started  BIGINT NOT NULL,
    finished BIGINT NOT NULL, -- 0 while it goes on
    passed   BIGINT NOT NULL,
    device   TEXT NOT NULL,   -- fingerprint of the device that was there at the end
    body     BLOB NOT NULL    -- store.Acceptance
);
CREATE INDEX acceptances_by_screen ON acceptances (screen, started);
