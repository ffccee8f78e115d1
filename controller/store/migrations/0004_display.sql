-- What the ledger says already of a notice on a screen at some time: rows of
-- several zones overlap, and no instant counts twice.
CREATE INDEX ledger_by_display ON ledger (screen, notice, until_time, from_time);
