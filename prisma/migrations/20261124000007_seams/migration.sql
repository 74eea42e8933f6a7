-- Where parts meet: a retraction that is judged while its record is being hidden, a change of what is required, and the kept
-- answers of merges. Records go only by a purge, which takes the merges of a duplicate along and refuses a record into which
-- another is merged; so what a merge names is there.

-- Hides a retracted record for good, with itself as the cause, if it was hidden when it was retracted. It is judged once nobody
-- is hiding anything. Two who then wait for each other are told so, and try again.
CREATE OR REPLACE FUNCTION hide_secret_retraction(retracted uuid, retracted_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('hidden_spans', 0));
  IF NOT EXISTS (
    SELECT FROM hidden_spans AS span
    WHERE span.record_id = retracted AND span.hidden_from <= $2 AND span.hidden_until > $2
  ) THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('hidden_spans', 0));
  INSERT INTO hidden_spans (record_id, cause_id, ground, hidden_from, hidden_until)
    SELECT below.id, retracted, 'held', $2, 'infinity'
    FROM (SELECT retracted AS id UNION SELECT beneath.id FROM requiring(retracted) AS beneath (id)) AS below
  ON CONFLICT ON CONSTRAINT hidden_spans_pkey DO UPDATE SET hidden_until = EXCLUDED.hidden_until;
END $$;

-- Keeps hidden_spans. Where what a record requires changes, it and what requires it are looked at anew, alone, only if it or what
-- it requires now has an open span: what was hidden because of what it required before has one of its own.
CREATE OR REPLACE FUNCTION keep_hidden_spans() RETURNS trigger LANGUAGE plpgsql AS $$
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
    PERFORM pg_advisory_xact_lock_shared(lock_key);
    IF EXISTS (
      SELECT FROM hidden_spans AS span
      WHERE span.record_id = ANY (required || NEW.id) AND span.hidden_until > NEW.updated_at
    ) THEN
      PERFORM pg_advisory_xact_lock(lock_key);
      PERFORM rederive_hidden_spans(NEW.updated_at, below.id)
        FROM (SELECT NEW.id AS id UNION SELECT beneath.id FROM requiring(NEW.id) AS beneath (id)) AS below;
    END IF;
  END IF;
  RETURN NULL;
END $$;

-- Records are retracted, revisions are kept, the feed stays as it is: none is deleted, but by a purge, which says whose
-- traces it removes.
CREATE OR REPLACE FUNCTION refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  purging text := NULLIF(current_setting('accord.purging', true), '');
  whose text;
BEGIN
  IF purging IS NOT NULL AND TG_LEVEL = 'ROW' THEN
    whose := CASE TG_TABLE_NAME
      WHEN 'revisions' THEN to_jsonb(OLD) ->> 'record_id'
      WHEN 'changes' THEN (
        SELECT revision.record_id::text FROM revisions AS revision
        WHERE revision.position = (to_jsonb(OLD) ->> 'revision_position')::bigint
      )
      -- Of the two of a merge, the one that is purged.
      WHEN 'merges' THEN (
        SELECT named.id FROM (VALUES (to_jsonb(OLD) ->> 'kept_id'), (to_jsonb(OLD) ->> 'duplicate_id')) AS named (id)
        WHERE named.id = purging
      )
      ELSE to_jsonb(OLD) ->> 'id'
    END;
    IF whose = purging AND TG_OP = 'DELETE' AND TG_TABLE_NAME <> 'changes' THEN
      RETURN OLD;
    END IF;
    IF whose = purging AND TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'changes' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% keeps what it holds: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- Removes a record and every trace of it, for good, and leaves a mark; returns the mark's id. Refused while any row names the
-- record, live or retracted, and while another one is merged into it: foreign keys see to the first, but for the citations
-- about it. Kept answers are emptied, those of its merges too, which bear its
-- reasons: the key stays spent, so that a script that is run again does not make the record again.
CREATE OR REPLACE FUNCTION purge_record(kind record_type, purged uuid, instant timestamptz) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  record_table text := replace(kind::text, '-', '_');
  row_now jsonb;
  mark uuid;
BEGIN
  EXECUTE format('SELECT to_jsonb(record) FROM %I AS record WHERE record.id = $1 FOR UPDATE', record_table) INTO row_now USING purged;
  IF row_now IS NULL THEN
    RAISE EXCEPTION 'there is no such row in %', record_table USING ERRCODE = 'no_data_found';
  END IF;
  IF EXISTS (SELECT FROM citations AS citation WHERE citation.record_id = purged) THEN
    RAISE EXCEPTION 'record violates check constraint "citations_record_exists"' USING ERRCODE = 'check_violation';
  END IF;
  -- A duplicate of it would answer with what is not there.
  IF EXISTS (SELECT FROM merges AS merge WHERE merge.kept_id = purged AND merge.undone_at IS NULL) THEN
    RAISE EXCEPTION 'record violates check constraint "merged_into_stays"' USING ERRCODE = 'check_violation';
  END IF;
  -- Nobody numbers what is about to go.
  PERFORM pg_advisory_xact_lock(hashtextextended('changes', 0));
  INSERT INTO purges (record_type, record_id, merger_id, was_public, actor, reason, purged_at)
    SELECT kind, purged, merger_of(record_table, row_now),
      EXISTS (
        SELECT FROM revisions AS revision
        WHERE revision.record_type = kind AND revision.record_id = purged AND was_shown(purged, revision.recorded_at)
      ) OR EXISTS (
        SELECT FROM hidden_spans AS span
        WHERE span.record_id = purged AND span.hidden_until <= COALESCE(instant, clock_timestamp())
          AND was_lifted(purged, span.hidden_until)
      ),
      COALESCE(NULLIF(current_setting('accord.actor', true), ''), 'sql:' || session_user),
      NULLIF(current_setting('accord.reason', true), ''),
      recording_instant(NULL)
  RETURNING purges.id INTO mark;
  PERFORM set_config('accord.purging', purged::text, true);
  UPDATE changes AS change SET is_public = false, revision_position = NULL, published_at = NULL, merger_id = NULL
    FROM revisions AS revision
    WHERE revision.record_type = kind AND revision.record_id = purged AND change.revision_position = revision.position;
  DELETE FROM pending_changes AS pending USING revisions AS revision
    WHERE revision.record_type = kind AND revision.record_id = purged AND pending.place = revision.position;
  DELETE FROM hidden_spans AS span WHERE span.record_id = purged;
  DELETE FROM pending_liftings AS lifting WHERE lifting.record_id = purged;
  DELETE FROM names WHERE names.record_type = kind AND names.record_id = purged;
  UPDATE kept_answers AS kept SET answer = '', record_id = NULL WHERE kept.record_id = purged
    OR kept.record_id IN (SELECT merge.id FROM merges AS merge WHERE purged IN (merge.kept_id, merge.duplicate_id));
  DELETE FROM merges AS merge WHERE purged IN (merge.kept_id, merge.duplicate_id);
  EXECUTE format('DELETE FROM %I AS record WHERE record.id = $1', record_table) USING purged;
  DELETE FROM revisions AS revision WHERE revision.record_type = kind AND revision.record_id = purged;
  PERFORM set_config('accord.purging', '', true);
  INSERT INTO pending_changes (place, purge_id) VALUES (nextval(pg_get_serial_sequence('revisions', 'position')), mark);
  RETURN mark;
END $$;
