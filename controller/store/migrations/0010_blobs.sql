-- Who may have a blob: a picture of a draft is seen by who sees the draft.
CREATE TABLE blob_uses (
    ref     TEXT NOT NULL,   -- assets.Ref
    notice  TEXT NOT NULL,   -- a version that names it, or empty
    version BIGINT NOT NULL,
    actor   TEXT NOT NULL,   -- or who uploaded it
    PRIMARY KEY (ref, notice, version, actor)
);
