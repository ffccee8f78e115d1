-- What is let go of with age, and what stays of it.

-- Editions that no screen has any more: what was signed is known by its hash, and by
-- whom, but it is not here.
CREATE TABLE past_editions (
    channel    TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    created    BIGINT NOT NULL,
    dropped    BIGINT NOT NULL,
    bytes      BIGINT NOT NULL, -- of the payload
    hash       TEXT NOT NULL,   -- assets.Ref of the payload
    signatures BLOB NOT NULL,   -- []wire.Signature
    PRIMARY KEY (channel, revision)
);

-- Since when a blob has a use: an upload that nobody put into a notice is kept for a
-- time. Those of before count from the day on which this was written.
ALTER TABLE blob_uses ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX blob_uses_by_notice ON blob_uses (notice, version);

ALTER TABLE voices ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0; -- when its words were removed
CREATE INDEX voices_by_handled ON voices (forgotten, state, handled);

-- How large everything was, a line for each thing and look, about one look a day.
CREATE TABLE sizes (
    at    BIGINT NOT NULL,
    what  TEXT NOT NULL, -- store.Held
    bytes BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (at, what)
);
