-- Programs of devices: the signed packages that a controller has, and how they
-- go out to screens, stage by stage.

CREATE TABLE packages (
    id       TEXT PRIMARY KEY,
    program  TEXT NOT NULL,   -- name, system and processor: kiosk/linux/amd64
    version  TEXT NOT NULL,
    key_set  BIGINT NOT NULL, -- under which it was signed: the newer package has the higher one,
    sequence BIGINT NOT NULL, -- or else the higher number under it
    uploaded BIGINT NOT NULL,
    actor    TEXT NOT NULL,   -- login of who brought it
    body     BLOB NOT NULL,   -- store.Package
    UNIQUE (program, key_set, sequence)
);

CREATE TABLE rollouts (
    id      TEXT PRIMARY KEY,
    program TEXT NOT NULL,
    package TEXT NOT NULL,
    site    TEXT NOT NULL,   -- its screens and those below it
    state   TEXT NOT NULL,   -- store.RolloutState
    started BIGINT NOT NULL,
    body    BLOB NOT NULL    -- store.Rollout
);
CREATE INDEX rollouts_by_program ON rollouts (program, started);

-- Which screens a rollout has reached, and what became of each.
CREATE TABLE rollout_screens (
    rollout TEXT NOT NULL,
    screen  TEXT NOT NULL,
    stage   BIGINT NOT NULL, -- per cent of the stage in which it was chosen
    step    TEXT NOT NULL,   -- wire.UpdateStep, empty while it has said nothing
    body    BLOB NOT NULL,   -- store.Member
    PRIMARY KEY (rollout, screen)
);
CREATE INDEX rollout_screens_by_screen ON rollout_screens (screen);

-- GOOS/GOARCH of the program, as a device says it in its hello.
ALTER TABLE screens ADD COLUMN system TEXT NOT NULL DEFAULT '';
