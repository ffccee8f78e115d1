-- Notices read aloud. A recording belongs to one version; the same words in the
-- same voice share a blob.
CREATE TABLE speech (
    notice  TEXT NOT NULL,
    version BIGINT NOT NULL,
    voice   TEXT NOT NULL,   -- which voice it was recorded with
    script  TEXT NOT NULL,   -- hash of the words and the voice
    ref     TEXT NOT NULL,   -- assets.Ref of the recording
    size    BIGINT NOT NULL, -- its bytes
    millis  BIGINT NOT NULL, -- how long it takes
    made    BIGINT NOT NULL,
    PRIMARY KEY (notice, version)
);
CREATE INDEX speech_by_script ON speech (script);
