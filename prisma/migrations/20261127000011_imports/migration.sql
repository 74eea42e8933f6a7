-- Imports: what was asked for and what became of it, row by row; and where rows wait until they are applied.

CREATE TYPE import_format AS ENUM ('popolo', 'ndjson', 'csv');
CREATE TYPE import_state AS ENUM ('staged', 'applying', 'done', 'refused', 'failed');
CREATE TYPE import_outcome AS ENUM ('create', 'update', 'unchanged', 'refused');

CREATE TABLE imports (
  id uuid NOT NULL DEFAULT uuid_v7(),
  state import_state NOT NULL DEFAULT 'staged',
  format import_format NOT NULL,
  resource record_type,
  scheme text NOT NULL,
  title text NOT NULL,
  dry_run boolean NOT NULL,
  atomic boolean NOT NULL,
  cites boolean NOT NULL,
  source_id uuid,
  actor text NOT NULL,
  digest bytea,
  total integer NOT NULL DEFAULT 0,
  applied integer NOT NULL DEFAULT 0,
  created integer NOT NULL DEFAULT 0,
  updated integer NOT NULL DEFAULT 0,
  unchanged integer NOT NULL DEFAULT 0,
  refused integer NOT NULL DEFAULT 0,
  problem jsonb,
  started_at timestamptz(6) NOT NULL DEFAULT now(),
  ended_at timestamptz(6),
  CONSTRAINT imports_pkey PRIMARY KEY (id),
  CONSTRAINT imports_ended CHECK ((state IN ('done', 'refused', 'failed')) = (ended_at IS NOT NULL))
);
CREATE INDEX imports_source_id_idx ON imports (source_id);


-- No word of the file but what a refusal quotes, and no name of a record: those are looked up when they are shown.
CREATE TABLE import_rows (
  import_id uuid NOT NULL,
  nth integer NOT NULL,
  line integer NOT NULL,
  record_type record_type NOT NULL,
  outcome import_outcome NOT NULL,
  record_id uuid,
  fields text[] NOT NULL,
  problems jsonb NOT NULL,
  near jsonb NOT NULL,
  CONSTRAINT import_rows_pkey PRIMARY KEY (import_id, nth),
  CONSTRAINT import_rows_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX import_rows_import_id_outcome_nth_idx ON import_rows (import_id, outcome, nth);
CREATE INDEX import_rows_record_id_idx ON import_rows (record_id);

-- A purge removes what imports tell of a record.
CREATE FUNCTION forget_imported() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE import_rows AS row SET record_id = NULL, fields = '{}', problems = '[]' WHERE row.record_id = NEW.record_id;
  UPDATE import_rows AS row SET problems = '[]'
    WHERE row.outcome = 'refused' AND position(NEW.record_id::text IN row.problems::text) > 0;
  UPDATE import_rows AS row SET near = (
      SELECT COALESCE(jsonb_agg(each.told ORDER BY each.place), '[]')
      FROM jsonb_array_elements(row.near) WITH ORDINALITY AS each (told, place) WHERE each.told ->> 'id' <> NEW.record_id::text
    )
    WHERE row.near <> '[]' AND row.near @> jsonb_build_array(jsonb_build_object('id', NEW.record_id));
  UPDATE imports AS import SET source_id = NULL WHERE import.source_id = NEW.record_id;
  RETURN NULL;
END $$;
CREATE TRIGGER purges_imported AFTER INSERT ON purges FOR EACH ROW EXECUTE FUNCTION forget_imported();

-- What files have told of a record: of each origin the digest of its last row, and one of each column that it gave.
CREATE TABLE import_memories (
  record_id uuid NOT NULL,
  origin text NOT NULL,
  record_type record_type NOT NULL,
  digest text NOT NULL,
  columns jsonb NOT NULL,
  CONSTRAINT import_memories_pkey PRIMARY KEY (record_id, origin)
);
CREATE INDEX import_memories_digest_idx ON import_memories (digest);

-- A purge leaves no trace of what was told either.
CREATE FUNCTION forget_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM import_memories AS memory WHERE memory.record_id = NEW.record_id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_told AFTER INSERT ON purges FOR EACH ROW EXECUTE FUNCTION forget_told();

-- The rows of an import that is under way. Not logged: when Postgres dies, the import has failed anyhow. kind is a word of
-- record_type or, of Popolo, of something that is no record here; links are ids of such; key is the id in the file; digest is
-- of the row as it came; is_merged says that it is a duplicate of what another row is.
CREATE UNLOGGED TABLE import_staging (
  import_id uuid NOT NULL,
  nth integer NOT NULL,
  line integer NOT NULL,
  kind text NOT NULL,
  key uuid,
  keeps_key boolean NOT NULL,
  slug_base text,
  patch jsonb NOT NULL,
  links jsonb NOT NULL,
  digest text NOT NULL,
  outcome import_outcome,
  record_id uuid,
  is_merged boolean NOT NULL DEFAULT false,
  record_version integer,
  merged jsonb,
  fields text[] NOT NULL DEFAULT '{}',
  problems jsonb NOT NULL,
  near jsonb NOT NULL DEFAULT '[]',
  CONSTRAINT import_staging_pkey PRIMARY KEY (import_id, nth)
);
CREATE INDEX import_staging_import_id_kind_key_idx ON import_staging (import_id, kind, key);
CREATE INDEX import_staging_import_id_kind_record_id_idx ON import_staging (import_id, kind, record_id);

-- An import writes more memberships than there is room for locks: it holds all of them at once, and has said so.
CREATE OR REPLACE FUNCTION refuse_overlapping_memberships() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('accord.holds_members', true) IS DISTINCT FROM 'on' THEN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('members', 0));
    PERFORM pg_advisory_xact_lock(hashtextextended('members:' || NEW.person_id::text, 0));
  END IF;
  IF EXISTS (
    SELECT FROM members AS other
    WHERE other.person_id = NEW.person_id AND other.faction_id = NEW.faction_id AND other.id <> NEW.id
      AND other.retracted_at IS NULL
      AND latest_start(other.start_date) < earliest_end(NEW.end_date)
      AND latest_start(NEW.start_date) < earliest_end(other.end_date)
  ) THEN
    RAISE EXCEPTION 'record violates check constraint "members_no_overlap"' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
