-- What the line of a site carries: in force there and at the sites below, each of
-- which has a line like it, as far as none of them has its own.
CREATE TABLE lines (
    site TEXT PRIMARY KEY,
    body BLOB NOT NULL -- store.Line
);
-- The months in which everything goes to a site although its volume is used up.
CREATE TABLE line_passes (
    site  TEXT NOT NULL,
    month TEXT NOT NULL, -- 2026-11
    PRIMARY KEY (site, month)
);
-- Bytes from and to screens by month, at the site where each was then.
CREATE TABLE traffic (
    month    TEXT NOT NULL,
    site     TEXT NOT NULL,
    screen   TEXT NOT NULL,
    received BIGINT NOT NULL, -- over its connection
    sent     BIGINT NOT NULL,
    files    BIGINT NOT NULL, -- pictures, recordings and programs that it fetched
    PRIMARY KEY (month, site, screen)
);
