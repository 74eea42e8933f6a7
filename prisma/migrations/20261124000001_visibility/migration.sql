-- What is held back: drafts, embargoes, confidential sources, and everything that requires them. And when something was
-- recorded, and of which merger.

CREATE TYPE visibility AS ENUM ('public', 'draft');
CREATE TYPE hiding_ground AS ENUM ('held', 'confidential');

-- When a record is hidden from readers, half-open, in real time: [hidden_from, hidden_until). The cause is the record
-- itself, or one that it requires, directly or not. A record is visible when no span covers the instant.
CREATE TABLE hidden_spans (
  record_id uuid NOT NULL,
  cause_id uuid NOT NULL,
  ground hiding_ground NOT NULL,
  hidden_from timestamptz(6) NOT NULL,
  hidden_until timestamptz(6) NOT NULL,
  CONSTRAINT hidden_spans_pkey PRIMARY KEY (record_id, cause_id, ground, hidden_from),
  CONSTRAINT hidden_spans_last CHECK (hidden_from < hidden_until)
);
CREATE INDEX hidden_spans_cause_id_idx ON hidden_spans (cause_id);
CREATE INDEX hidden_spans_hidden_until_idx ON hidden_spans (hidden_until);

-- The instant at which a change is recorded: the clock's, or the one that the transaction was told (accord.instant), as when
-- a story is told in its own time. Never in the future, and never before the record's last change.
CREATE FUNCTION recording_instant(last_change timestamptz) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  told timestamptz := NULLIF(current_setting('accord.instant', true), '')::timestamptz;
BEGIN
  IF told IS NULL THEN
    RETURN greatest(clock_timestamp(), last_change);
  END IF;
  IF told > clock_timestamp() OR told < last_change THEN
    RAISE EXCEPTION 'record violates check constraint "recorded_in_order"' USING ERRCODE = 'check_violation';
  END IF;
  RETURN told;
END $$;

CREATE OR REPLACE FUNCTION keep_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1;
    NEW.retracted_at := NULL;
    NEW.created_at := recording_instant(NULL);
    NEW.updated_at := NEW.created_at;
    RETURN NEW;
  END IF;
  NEW.id := OLD.id;
  NEW.created_at := OLD.created_at;
  NEW.updated_at := OLD.updated_at;
  NEW.version := OLD.version;
  IF OLD.retracted_at IS NOT NULL AND NEW.retracted_at IS NOT NULL THEN
    NEW.retracted_at := OLD.retracted_at;
  END IF;
  IF NEW IS DISTINCT FROM OLD THEN
    NEW.version := OLD.version + 1;
    NEW.updated_at := recording_instant(OLD.updated_at);
    IF OLD.retracted_at IS NULL AND NEW.retracted_at IS NOT NULL THEN
      NEW.retracted_at := NEW.updated_at;
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- The merger that a record belongs to, as its row says it; null when it belongs to none.
CREATE FUNCTION merger_of(record_table text, record jsonb) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  cited jsonb;
BEGIN
  CASE record_table
    WHEN 'mergers' THEN
      RETURN (record ->> 'id')::uuid;
    WHEN 'stances' THEN
      RETURN (SELECT above.merger_id FROM public.participants AS above WHERE above.id = (record ->> 'participant_id')::uuid);
    WHEN 'transitions' THEN
      RETURN (SELECT above.merger_id FROM public.milestones AS above WHERE above.id = (record ->> 'milestone_id')::uuid);
    WHEN 'attendance' THEN
      RETURN (SELECT above.merger_id FROM public.meetings AS above WHERE above.id = (record ->> 'meeting_id')::uuid);
    WHEN 'vote_events' THEN
      RETURN (SELECT above.merger_id FROM public.motions AS above WHERE above.id = (record ->> 'motion_id')::uuid);
    WHEN 'votes' THEN
      RETURN (
        SELECT motion.merger_id FROM public.vote_events AS voted JOIN public.motions AS motion ON motion.id = voted.motion_id
        WHERE voted.id = (record ->> 'vote_event_id')::uuid
      );
    WHEN 'citations' THEN
      EXECUTE format('SELECT to_jsonb(cited) FROM public.%I AS cited WHERE cited.id = $1', replace(record ->> 'record_type', '-', '_'))
        INTO cited USING (record ->> 'record_id')::uuid;
      RETURN merger_of(replace(record ->> 'record_type', '-', '_'), cited);
    ELSE
      RETURN (record ->> 'merger_id')::uuid;
  END CASE;
END $$;

ALTER TABLE revisions ADD COLUMN merger_id uuid;

CREATE OR REPLACE FUNCTION write_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  previous jsonb;
  operation revision_operation := 'create';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.version = OLD.version THEN
      RETURN NULL;
    END IF;
    previous := to_jsonb(OLD);
    operation := CASE
      WHEN OLD.retracted_at IS NULL AND NEW.retracted_at IS NOT NULL THEN 'retract'
      WHEN OLD.retracted_at IS NOT NULL AND NEW.retracted_at IS NULL THEN 'restore'
      ELSE 'update'
    END;
  END IF;
  INSERT INTO revisions (
    record_type, record_id, version, operation, before, after, actor, key_id, reason, request_id, recorded_at, merger_id
  ) VALUES (
    replace(TG_TABLE_NAME, '_', '-')::record_type, NEW.id, NEW.version, operation, previous, to_jsonb(NEW),
    COALESCE(NULLIF(current_setting('accord.actor', true), ''), 'sql:' || session_user),
    NULLIF(current_setting('accord.key_id', true), '')::uuid,
    NULLIF(current_setting('accord.reason', true), ''),
    NULLIF(current_setting('accord.request_id', true), ''),
    NEW.updated_at,
    merger_of(TG_TABLE_NAME, to_jsonb(NEW))
  );
  RETURN NULL;
END $$;

-- The ids that a row names in some of its columns, one or a list.
CREATE FUNCTION ids_in(record jsonb, columns text[]) RETURNS uuid[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE(array_agg(named.id::uuid), '{}')
  FROM unnest(columns) AS required (name)
  CROSS JOIN LATERAL jsonb_array_elements_text(
    CASE jsonb_typeof(record -> required.name)
      WHEN 'array' THEN record -> required.name
      WHEN 'string' THEN jsonb_build_array(record -> required.name)
      ELSE '[]'
    END
  ) AS named (id)
$$;

-- Until when a row hides itself, by ground.
CREATE FUNCTION own_hiding(record jsonb) RETURNS TABLE (ground hiding_ground, hidden_until timestamptz)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 'held'::public.hiding_ground, 'infinity'::timestamptz WHERE record ->> 'visibility' = 'draft'
  UNION ALL
  SELECT 'held', public.span_end(record ->> 'embargo_until')
  WHERE record ->> 'visibility' <> 'draft' AND record ->> 'embargo_until' IS NOT NULL
  UNION ALL
  SELECT 'confidential', 'infinity' WHERE (record ->> 'confidential')::boolean
$$;

-- Keeps hidden_spans. The arguments are the columns of what the record requires. Whoever adds beneath something shares a
-- lock, and whoever changes what is hidden holds it alone, so that nothing is added past a change.
CREATE FUNCTION keep_hidden_spans() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lock_key bigint := hashtextextended('hidden_spans', 0);
  record_now jsonb := to_jsonb(NEW);
  record_before jsonb;
  required uuid[] := ids_in(record_now, TG_ARGV);
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO hidden_spans (record_id, cause_id, ground, hidden_from, hidden_until)
      SELECT NEW.id, NEW.id, own.ground, NEW.updated_at, own.hidden_until
      FROM own_hiding(record_now) AS own WHERE own.hidden_until > NEW.updated_at;
    IF TG_NARGS > 0 THEN
      PERFORM pg_advisory_xact_lock_shared(lock_key);
      INSERT INTO hidden_spans (record_id, cause_id, ground, hidden_from, hidden_until)
        SELECT DISTINCT NEW.id, span.cause_id, span.ground, greatest(span.hidden_from, NEW.updated_at), span.hidden_until
        FROM hidden_spans AS span WHERE span.record_id = ANY (required) AND span.hidden_until > NEW.updated_at
      ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
  END IF;
  record_before := to_jsonb(OLD);
  IF (record_before -> 'visibility', record_before -> 'embargo_until', record_before -> 'confidential')
    IS DISTINCT FROM (record_now -> 'visibility', record_now -> 'embargo_until', record_now -> 'confidential')
  THEN
    PERFORM pg_advisory_xact_lock(lock_key);
    PERFORM end_hidden_spans(NEW.updated_at, span.record_id, NEW.id)
      FROM (SELECT DISTINCT span.record_id FROM hidden_spans AS span WHERE span.cause_id = NEW.id AND span.hidden_until > NEW.updated_at) AS span;
    INSERT INTO hidden_spans (record_id, cause_id, ground, hidden_from, hidden_until)
      SELECT below.id, NEW.id, own.ground, NEW.updated_at, own.hidden_until
      FROM own_hiding(record_now) AS own
      CROSS JOIN (SELECT NEW.id AS id UNION SELECT beneath.id FROM requiring(NEW.id) AS beneath (id)) AS below
      WHERE own.hidden_until > NEW.updated_at;
  END IF;
  IF required IS DISTINCT FROM ids_in(record_before, TG_ARGV) THEN
    PERFORM pg_advisory_xact_lock(lock_key);
    PERFORM rederive_hidden_spans(NEW.updated_at, below.id)
      FROM (SELECT NEW.id AS id UNION SELECT beneath.id FROM requiring(NEW.id) AS beneath (id)) AS below;
  END IF;
  RETURN NULL;
END $$;

-- Ends what hides a record because of another from an instant on.
CREATE FUNCTION end_hidden_spans(from_instant timestamptz, hidden uuid, cause uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM hidden_spans AS span
    WHERE span.record_id = hidden AND span.cause_id = cause AND span.hidden_from >= from_instant;
  UPDATE hidden_spans AS span SET hidden_until = from_instant
    WHERE span.record_id = hidden AND span.cause_id = cause AND span.hidden_until > from_instant;
END $$;

-- Derives anew, from an instant on, what hides a record because of what it requires.
CREATE FUNCTION rederive_hidden_spans(from_instant timestamptz, hidden uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  causes uuid[] := ARRAY(SELECT above.id FROM required_by(hidden) AS above (id));
BEGIN
  PERFORM end_hidden_spans(from_instant, hidden, old.cause_id)
    FROM (
      SELECT DISTINCT span.cause_id FROM hidden_spans AS span
      WHERE span.record_id = hidden AND span.hidden_until > from_instant
        AND span.cause_id <> hidden AND NOT (span.cause_id = ANY (causes))
    ) AS old;
  INSERT INTO hidden_spans (record_id, cause_id, ground, hidden_from, hidden_until)
    SELECT hidden, span.cause_id, span.ground, greatest(span.hidden_from, from_instant), span.hidden_until
    FROM hidden_spans AS span
    WHERE span.record_id = ANY (causes) AND span.cause_id = span.record_id AND span.hidden_until > from_instant
      AND NOT EXISTS (
        SELECT FROM hidden_spans AS known
        WHERE known.record_id = hidden AND known.cause_id = span.cause_id AND known.ground = span.ground
          AND known.hidden_until > from_instant
      )
  ON CONFLICT DO NOTHING;
END $$;

-- What each record requires: a vote its vote event and its voter, a milestone its merger. The columns are those of the
-- references that may not be left out, and of the pairs of which one must be given; a test compares them with the
-- declarations. Everything else that a record names is left out while it is hidden.
DO $$
DECLARE
  required record;
  parts text[] := '{}';
  record_column text;
BEGIN
  FOR required IN
    SELECT given.record_table, given.columns
    FROM (VALUES
      ('factions', ARRAY[]::text[]),
      ('people', ARRAY[]::text[]),
      ('members', ARRAY['person_id', 'faction_id']),
      ('mergers', ARRAY[]::text[]),
      ('participants', ARRAY['merger_id', 'faction_id', 'person_id']),
      ('stances', ARRAY['participant_id']),
      ('milestones', ARRAY['merger_id']),
      ('transitions', ARRAY['milestone_id']),
      ('meetings', ARRAY[]::text[]),
      ('attendance', ARRAY['meeting_id', 'person_id']),
      ('motions', ARRAY['merger_id', 'faction_id']),
      ('vote_events', ARRAY['motion_id']),
      ('votes', ARRAY['vote_event_id', 'person_id']),
      ('mandates', ARRAY['merger_id', 'grantor_faction_id', 'grantor_person_id', 'holder_id']),
      ('predictions', ARRAY['merger_id']),
      ('successions', ARRAY['merger_id', 'predecessor_ids', 'successor_id']),
      ('sources', ARRAY[]::text[]),
      ('citations', ARRAY['source_id', 'record_id'])
    ) AS given (record_table, columns)
  LOOP
    EXECUTE format(
      'ALTER TABLE %I ADD COLUMN visibility visibility NOT NULL DEFAULT ''public'', ADD COLUMN embargo_until text,
       ADD CONSTRAINT %I CHECK (is_partial_date(embargo_until))',
      required.record_table, required.record_table || '_embargo'
    );
    EXECUTE format(
      'CREATE TRIGGER y_keep_hidden_spans AFTER INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION keep_hidden_spans(%s)',
      required.record_table, (SELECT string_agg(quote_literal(name), ', ') FROM unnest(required.columns) AS name)
    );
    FOREACH record_column IN ARRAY required.columns LOOP
      parts := parts || CASE record_column
        WHEN 'predecessor_ids' THEN
          'SELECT link.succession_id AS record_id, link.faction_id AS requires_id FROM public.succession_predecessors AS link'
        ELSE
          format('SELECT record.id AS record_id, record.%I AS requires_id FROM public.%I AS record', record_column, required.record_table)
      END;
    END LOOP;
  END LOOP;
  EXECUTE 'CREATE VIEW requirements (record_id, requires_id) AS ' || array_to_string(parts, ' UNION ALL ');
END $$;

-- Every record that requires one, directly or not; and every record that one requires.
CREATE FUNCTION requiring(record uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  WITH RECURSIVE below (id) AS (
    SELECT link.record_id FROM public.requirements AS link WHERE link.requires_id = record
    UNION
    SELECT link.record_id FROM below JOIN public.requirements AS link ON link.requires_id = below.id
  )
  SELECT below.id FROM below
$$;
CREATE FUNCTION required_by(record uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  WITH RECURSIVE above (id) AS (
    SELECT link.requires_id FROM public.requirements AS link WHERE link.record_id = record AND link.requires_id IS NOT NULL
    UNION
    SELECT link.requires_id FROM above JOIN public.requirements AS link ON link.record_id = above.id
      WHERE link.requires_id IS NOT NULL
  )
  SELECT above.id FROM above
$$;

-- Revisions of before: every record was public, and its merger is the one of its last row.
ALTER TABLE revisions DISABLE TRIGGER refuse_change;
UPDATE revisions AS revision SET
  after = '{"visibility": "public", "embargo_until": null}'::jsonb || revision.after,
  before = '{"visibility": "public", "embargo_until": null}'::jsonb || revision.before,
  merger_id = merger_of(replace(revision.record_type::text, '-', '_'), revision.after);
ALTER TABLE revisions ENABLE TRIGGER refuse_change;
CREATE INDEX revisions_merger_id_record_type_record_id_version_idx
  ON revisions (merger_id, record_type, record_id, version);
-- What was held at an earlier time: the latest revision of each record by then.
CREATE INDEX revisions_record_type_recorded_at_idx ON revisions (record_type, recorded_at);
