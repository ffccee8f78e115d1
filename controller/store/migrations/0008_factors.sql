-- Second factors: what somebody has besides a password.

CREATE TABLE factors (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    kind       TEXT NOT NULL,   -- store.FactorKind
    name       TEXT NOT NULL,   -- what its owner calls it
    created    BIGINT NOT NULL,
    confirmed  BIGINT NOT NULL, -- 0 until it was shown to work; before that it counts for nothing
    used       BIGINT NOT NULL, -- 0: never
    step       BIGINT NOT NULL, -- of codes: the last time step that was taken (RFC 6238, 5.2)
    credential BLOB,            -- of passkeys: the ID that the authenticator gave it
    body       BLOB NOT NULL    -- of codes: the secret, sealed; of passkeys: its public record
);
CREATE INDEX factors_by_account ON factors (account);
CREATE UNIQUE INDEX factors_by_credential ON factors (credential);

-- What is left when the device is gone. Only a keyed hash is kept.
CREATE TABLE recovery_codes (
    account TEXT NOT NULL,
    hash    BLOB NOT NULL,
    used    BIGINT NOT NULL, -- 0 while it is good
    PRIMARY KEY (account, hash)
);

ALTER TABLE accounts ADD COLUMN factor_due BIGINT NOT NULL DEFAULT 0; -- from then on nothing opens without a second factor; 0: nobody asked for one yet
ALTER TABLE accounts ADD COLUMN reset_at BIGINT NOT NULL DEFAULT 0;   -- when an administrator took the factors away, until a new one is there
ALTER TABLE accounts ADD COLUMN reset_by TEXT NOT NULL DEFAULT '';    -- and who

-- Where a session began and with what; half is one that waits for its second step.
ALTER TABLE sessions ADD COLUMN half BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN factor TEXT NOT NULL DEFAULT '';
CREATE INDEX sessions_by_account ON sessions (account);
