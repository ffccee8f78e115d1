-- Rows of display of days gone by, many in one: those of a screen and epoch that follow
-- each other, of one civil day, at most store.packRows. A row is here or in ledger, never
-- in both. The chain is in three values: the rows lead from prev, the chain of the row
-- before the first, to chain, that of the last. Where the row before is not known, prev is
-- empty and start is the chain of the first row.
CREATE TABLE ledger_packs (
    screen      TEXT NOT NULL,
    epoch       BIGINT NOT NULL,
    last_seq    BIGINT NOT NULL,
    first_seq   BIGINT NOT NULL,
    until_first BIGINT NOT NULL, -- the earliest end of a row
    until_last  BIGINT NOT NULL, -- the latest
    prev        TEXT NOT NULL,   -- assets.Ref
    start       TEXT NOT NULL,
    chain       TEXT NOT NULL,
    sum         TEXT NOT NULL,   -- assets.Ref of all the rest
    body        BLOB NOT NULL,   -- see ledger_pack.go
    PRIMARY KEY (screen, epoch, last_seq)
);
CREATE INDEX ledger_packs_by_time ON ledger_packs (screen, until_last, until_first);
CREATE TRIGGER ledger_once BEFORE INSERT ON ledger
WHEN (SELECT first_seq FROM ledger_packs WHERE screen = NEW.screen AND epoch = NEW.epoch AND last_seq >= NEW.seq ORDER BY last_seq LIMIT 1) <= NEW.seq
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint: the row is packed'); END;
