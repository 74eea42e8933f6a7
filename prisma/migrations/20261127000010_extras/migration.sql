-- What a file had and the model has not, kept with the record that it was read into: an object by where it came from.

DO $$
DECLARE
  record_table text;
BEGIN
  FOREACH record_table IN ARRAY ARRAY['factions', 'people', 'members'] LOOP
    EXECUTE format(
      'ALTER TABLE %I ADD COLUMN extras jsonb NOT NULL DEFAULT ''{}'',
       ADD CONSTRAINT %I CHECK (
         jsonb_typeof(extras) = ''object'' AND NOT jsonb_path_exists(extras, ''strict $.* ? (@.type() != "object")'')
       )',
      record_table, record_table || '_extras'
    );
  END LOOP;
END $$;

-- Revisions of before: no record had any.
ALTER TABLE revisions DISABLE TRIGGER refuse_change;
UPDATE revisions AS revision SET
  after = '{"extras": {}}'::jsonb || revision.after,
  before = '{"extras": {}}'::jsonb || revision.before
WHERE revision.record_type IN ('factions', 'people', 'members');
ALTER TABLE revisions ENABLE TRIGGER refuse_change;
