-- Screenshots lie in a folder of their own: those among the content of before are
-- not found any more.
UPDATE commands SET ref = '';
CREATE INDEX commands_by_ref ON commands (ref) WHERE ref <> '';

-- What a person writes on a warning is a column of its own, like who took it: the
-- watch, which changes the rest, never touches it. NULL: it is in the body.
ALTER TABLE warnings ADD COLUMN remark TEXT;
