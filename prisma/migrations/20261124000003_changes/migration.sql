-- The feed of all changes, in the order in which they were seen to be committed; and the purge, which leaves a mark.

-- What was purged, by whom and why. No word of it.
CREATE TABLE purges (
  id uuid NOT NULL DEFAULT uuid_v7(),
  record_type record_type NOT NULL,
  record_id uuid NOT NULL,
  merger_id uuid,
  was_public boolean NOT NULL,
  actor text NOT NULL,
  reason text,
  purged_at timestamptz(6) NOT NULL,
  CONSTRAINT purges_pkey PRIMARY KEY (id)
);

-- The feed. An entry is a revision, or its record's lifting (published_at), or a purge; what a purge has emptied keeps
-- its place, so that a cursor at it goes on. The id is random: a cursor names it, and nothing can be counted by it.
CREATE TABLE changes (
  position bigint NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  is_public boolean NOT NULL,
  revision_position bigint,
  published_at timestamptz(6),
  purge_id uuid,
  merger_id uuid,
  CONSTRAINT changes_pkey PRIMARY KEY (position),
  CONSTRAINT changes_one_thing CHECK (num_nonnulls(revision_position, purge_id) <= 1),
  CONSTRAINT changes_revision_position_fkey FOREIGN KEY (revision_position) REFERENCES revisions (position)
    ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT changes_purge_id_fkey FOREIGN KEY (purge_id) REFERENCES purges (id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX changes_id_key ON changes (id);
CREATE INDEX changes_revision_position_idx ON changes (revision_position);
CREATE INDEX changes_merger_id_position_idx ON changes (merger_id, position);
CREATE INDEX changes_public ON changes (position) WHERE is_public;
CREATE INDEX changes_published ON changes (published_at) WHERE published_at IS NOT NULL;

-- What is committed, or will be, and not numbered yet: a revision by its position, or a purge by a number of the same sequence.
CREATE TABLE pending_changes (
  place bigint NOT NULL,
  purge_id uuid,
  CONSTRAINT pending_changes_pkey PRIMARY KEY (place)
);
-- When a record may become visible; whether it did is judged when it is due.
CREATE TABLE pending_liftings (
  id bigserial NOT NULL,
  record_id uuid NOT NULL,
  due_at timestamptz(6) NOT NULL,
  CONSTRAINT pending_liftings_pkey PRIMARY KEY (id)
);
CREATE INDEX pending_liftings_due_at_idx ON pending_liftings (due_at);
CREATE INDEX pending_liftings_record_id_idx ON pending_liftings (record_id);

-- A writing transaction only adds a row: it takes no lock that another one could wait for, and no number.
CREATE FUNCTION queue_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pending_changes (place) VALUES (NEW.position);
  RETURN NULL;
END $$;
CREATE TRIGGER queue_change AFTER INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION queue_change();

-- A span that ends may show a record. One that ends earlier than it did, or is gone, may have hidden that another one's end
-- showed it: all ends that it covered are judged again.
CREATE FUNCTION queue_lifting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' AND isfinite(NEW.hidden_until) THEN
    INSERT INTO pending_liftings (record_id, due_at) VALUES (NEW.record_id, NEW.hidden_until);
  END IF;
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO pending_liftings (record_id, due_at)
      SELECT DISTINCT span.record_id, span.hidden_until FROM hidden_spans AS span
      WHERE span.record_id = OLD.record_id AND span.hidden_until < OLD.hidden_until
        AND span.hidden_until >= CASE TG_OP WHEN 'DELETE' THEN OLD.hidden_from ELSE NEW.hidden_until END;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER queue_lifting AFTER INSERT OR DELETE OR UPDATE OF hidden_until ON hidden_spans
  FOR EACH ROW EXECUTE FUNCTION queue_lifting();

-- Whether a change is one of the public's: at its instant nothing hid the record, and nothing ended just then, for then the
-- lifting is what the public learns of.
CREATE FUNCTION was_shown(record uuid, instant timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT NOT EXISTS (
    SELECT FROM public.hidden_spans AS span
    WHERE span.record_id = record AND span.hidden_from <= instant AND span.hidden_until >= instant
  )
$$;

-- Whether a record became visible at an instant: something ended then, and nothing else hid it.
CREATE FUNCTION was_lifted(record uuid, instant timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT EXISTS (SELECT FROM public.hidden_spans AS span WHERE span.record_id = record AND span.hidden_until = instant)
    AND NOT EXISTS (
      SELECT FROM public.hidden_spans AS span
      WHERE span.record_id = record AND span.hidden_from <= instant AND span.hidden_until > instant
    )
$$;

-- The liftings that the feed holds and that are yet to come at an instant, but for those that wait to be told again.
CREATE FUNCTION told_too_early(instant timestamptz) RETURNS TABLE (record_id uuid, due_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT DISTINCT revision.record_id, change.published_at
  FROM public.changes AS change JOIN public.revisions AS revision ON revision.position = change.revision_position
  WHERE change.published_at > instant
    AND NOT EXISTS (
      SELECT FROM public.pending_liftings AS lifting
      WHERE lifting.record_id = revision.record_id AND lifting.due_at = change.published_at
    )
$$;

-- Numbers what is committed and what is due, in the order of the ledger. One at a time: whoever has the lock sees all that
-- was numbered before. What is not committed yet is not seen, and is numbered when it is. Returns how many it took off the
-- queue; when it is as many as it may take there may be more.
--
-- A lifting stands before the later changes of its record. A change from before a lifting that was committed after the
-- lifting was told has it told once more: readers learn of it. So does a clock that was set back: what it told before its
-- time is told again when the time has come.
CREATE FUNCTION number_changes(instant timestamptz, at_most int) RETURNS int LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  head bigint;
  taken_off int;
BEGIN
  -- What another one is numbering is still in its place for us, so nothing pending means nothing to wait for.
  IF NOT EXISTS (SELECT FROM pending_changes)
    AND NOT EXISTS (SELECT FROM pending_liftings AS lifting WHERE lifting.due_at <= COALESCE(instant, clock_timestamp()))
    AND NOT EXISTS (SELECT FROM told_too_early(COALESCE(instant, clock_timestamp())))
  THEN
    RETURN 0;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('changes', 0));
  INSERT INTO pending_liftings (record_id, due_at)
    SELECT early.record_id, early.due_at FROM told_too_early(COALESCE(instant, clock_timestamp())) AS early;
  SELECT COALESCE(max(change.position), 0) INTO head FROM changes AS change;
  WITH taken AS (
    DELETE FROM pending_changes AS pending
    WHERE pending.place IN (SELECT next.place FROM pending_changes AS next ORDER BY next.place LIMIT at_most)
    RETURNING pending.place, pending.purge_id
  ), told AS (
    SELECT taken.place, revision.record_type, revision.record_id, revision.merger_id, revision.recorded_at,
      was_shown(revision.record_id, revision.recorded_at) AS is_public
    FROM taken JOIN revisions AS revision ON revision.position = taken.place
    WHERE taken.purge_id IS NULL
  ), due AS (
    -- Those with a later change in this batch now, all others once the queue is at its end: no change of before is left.
    DELETE FROM pending_liftings AS lifting
    WHERE lifting.id IN (
      SELECT next.id
      FROM pending_liftings AS next
      CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM told WHERE told.record_id = next.record_id AND told.recorded_at > next.due_at) AS it_is
      ) AS overtaken
      WHERE next.due_at <= COALESCE(instant, clock_timestamp())
        AND (overtaken.it_is OR (SELECT count(*) FROM taken) < at_most)
      ORDER BY overtaken.it_is DESC, next.due_at LIMIT at_most
    )
    RETURNING lifting.record_id, lifting.due_at
  ), lifted AS (
    SELECT due.record_id, due.due_at AS at FROM due WHERE was_lifted(due.record_id, due.due_at)
    UNION
    SELECT told.record_id, missed.at
    FROM told CROSS JOIN LATERAL (
      SELECT min(change.published_at) AS at
      FROM revisions AS known JOIN changes AS change ON change.revision_position = known.position
      WHERE known.record_type = told.record_type AND known.record_id = told.record_id
        AND change.published_at >= told.recorded_at AND change.published_at <= COALESCE(instant, clock_timestamp())
    ) AS missed
    WHERE NOT told.is_public AND missed.at IS NOT NULL
  ), entries AS (
    SELECT told.place, false AS is_before, told.is_public, told.place AS revision_position, NULL::timestamptz AS published_at,
      NULL::uuid AS purge_id, told.merger_id
    FROM told
    UNION ALL
    SELECT taken.place, false, purge.was_public, NULL, NULL, purge.id, purge.merger_id
    FROM taken JOIN purges AS purge ON purge.id = taken.purge_id
    UNION ALL
    SELECT lifting.place, true, true, latest.position, lifting.at, NULL, latest.merger_id
    FROM (
      SELECT lifted.record_id, lifted.at, min(told.place) AS place
      FROM lifted LEFT JOIN told ON told.record_id = lifted.record_id AND told.recorded_at > lifted.at
      GROUP BY lifted.record_id, lifted.at
    ) AS lifting
    CROSS JOIN LATERAL (
      SELECT revision.position, revision.merger_id
      FROM revisions AS revision
      WHERE revision.record_type = ANY (enum_range(NULL::record_type)) AND revision.record_id = lifting.record_id
        AND revision.recorded_at <= lifting.at
      ORDER BY revision.version DESC LIMIT 1
    ) AS latest
  ), numbered AS (
    INSERT INTO changes (position, is_public, revision_position, published_at, purge_id, merger_id)
      SELECT head + row_number() OVER (
          ORDER BY entry.place NULLS LAST, entry.is_before DESC, entry.published_at, entry.revision_position
        ),
        entry.is_public, entry.revision_position, entry.published_at, entry.purge_id, entry.merger_id
      FROM entries AS entry
  )
  SELECT greatest((SELECT count(*) FROM taken), (SELECT count(*) FROM due)) INTO taken_off;
  RETURN taken_off;
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
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON changes FOR EACH ROW EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON purges FOR EACH ROW EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON purges FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();

-- What a citation is about exists and stays, until the citation is written.
CREATE OR REPLACE FUNCTION require_cited_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found_it boolean;
BEGIN
  EXECUTE format('SELECT true FROM %I AS record WHERE record.id = $1 FOR KEY SHARE', replace(NEW.record_type::text, '-', '_'))
    INTO found_it USING NEW.record_id;
  IF found_it IS NOT TRUE THEN
    RAISE EXCEPTION 'record violates check constraint "citations_record_exists"' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- Removes a record and every trace of it, for good, and leaves a mark; returns the mark's id. Refused while any row names the
-- record, live or retracted: foreign keys see to that, but for the citations about it.
CREATE FUNCTION purge_record(kind record_type, purged uuid, instant timestamptz) RETURNS uuid LANGUAGE plpgsql AS $$
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
  EXECUTE format('DELETE FROM %I AS record WHERE record.id = $1', record_table) USING purged;
  DELETE FROM revisions AS revision WHERE revision.record_type = kind AND revision.record_id = purged;
  PERFORM set_config('accord.purging', '', true);
  INSERT INTO pending_changes (place, purge_id) VALUES (nextval(pg_get_serial_sequence('revisions', 'position')), mark);
  RETURN mark;
END $$;

-- What was recorded so far is numbered by the first who reads the feed, in the order of the ledger.
INSERT INTO pending_changes (place) SELECT revision.position FROM revisions AS revision;
INSERT INTO pending_liftings (record_id, due_at)
  SELECT DISTINCT span.record_id, span.hidden_until FROM hidden_spans AS span WHERE isfinite(span.hidden_until);
