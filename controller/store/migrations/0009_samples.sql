-- Vitals over time, packed. Before, a whole report was kept every five minutes for
-- sixty days, which at ten thousand screens would be hundreds of gigabytes. Those
-- reports are dropped: charts begin anew.
DROP TABLE health_history;

-- One row for an hour of a screen: twelve samples of five minutes. The hour comes
-- first in the key, so that what ten thousand screens said at one time lies together
-- and is written in one run of pages.
CREATE TABLE samples (
    hour   BIGINT NOT NULL, -- since 1970, UTC
    screen TEXT NOT NULL,
    body   BLOB NOT NULL,   -- store.SampleHour
    PRIMARY KEY (hour, screen)
);

-- One row for a day of a screen: lowest, mean and highest of each hour.
CREATE TABLE sample_days (
    screen TEXT NOT NULL,
    day    BIGINT NOT NULL, -- since 1970, UTC
    body   BLOB NOT NULL,   -- store.sampleDay
    PRIMARY KEY (screen, day)
);
CREATE INDEX sample_days_by_day ON sample_days (day);

-- Screens that were taken out of service: no list has them, but what they displayed
-- keeps a name, and a device can bring one back.
CREATE TABLE retired_screens (
    id     TEXT PRIMARY KEY,
    at     BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    reason TEXT NOT NULL,
    body   BLOB NOT NULL -- store.Retired
);
