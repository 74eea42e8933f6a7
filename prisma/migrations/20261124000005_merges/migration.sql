-- Two records of one person or faction made one: which was kept, what moved to it, and whether it was undone since.

CREATE TABLE merges (
  id uuid NOT NULL DEFAULT uuid_v7(),
  record_type record_type NOT NULL,
  kept_id uuid NOT NULL,
  kept_version integer,
  duplicate_id uuid NOT NULL,
  moved jsonb NOT NULL,
  created_at timestamptz(6) NOT NULL,
  undone_at timestamptz(6),
  CONSTRAINT merges_pkey PRIMARY KEY (id),
  CONSTRAINT merges_kind CHECK (record_type IN ('factions', 'people')),
  CONSTRAINT merges_undone_afterwards CHECK (undone_at >= created_at)
);
CREATE INDEX merges_kept_id_idx ON merges (kept_id);
CREATE INDEX merges_duplicate_id_idx ON merges (duplicate_id);
-- A record is merged into one other at a time.
CREATE UNIQUE INDEX merges_duplicate_key ON merges (duplicate_id) WHERE undone_at IS NULL;

CREATE TRIGGER refuse_delete BEFORE DELETE ON merges FOR EACH ROW EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON merges FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();

-- What is merged is there: the kept record live, the duplicate retracted, so that they are two. Later nothing changes but that the merge is undone, once.
-- Records are never deleted, so it is enough to look when the merge is written.
CREATE FUNCTION keep_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_sound boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.undone_at IS NOT NULL OR to_jsonb(NEW) - 'undone_at' <> to_jsonb(OLD) - 'undone_at' THEN
      RAISE EXCEPTION 'merges keeps what it holds: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  EXECUTE format(
    'SELECT EXISTS (SELECT FROM %1$I AS kept WHERE kept.id = $1 AND kept.retracted_at IS NULL)
       AND EXISTS (SELECT FROM %1$I AS duplicate WHERE duplicate.id = $2 AND duplicate.retracted_at IS NOT NULL)',
    replace(NEW.record_type::text, '-', '_')
  ) INTO is_sound USING NEW.kept_id, NEW.duplicate_id;
  IF NOT is_sound THEN
    RAISE EXCEPTION 'record violates check constraint "merges_of_records"' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_keep_merge BEFORE INSERT OR UPDATE ON merges FOR EACH ROW EXECUTE FUNCTION keep_merge();

-- A record that was merged comes back when the merge is undone, not by itself.
CREATE FUNCTION refuse_restoring_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM merges AS merge WHERE merge.duplicate_id = NEW.id AND merge.undone_at IS NULL) THEN
    RAISE EXCEPTION 'record violates check constraint "merged_stays_retracted"' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_refuse_restoring_merged BEFORE UPDATE ON factions
  FOR EACH ROW WHEN (OLD.retracted_at IS NOT NULL AND NEW.retracted_at IS NULL) EXECUTE FUNCTION refuse_restoring_merged();
CREATE TRIGGER b_refuse_restoring_merged BEFORE UPDATE ON people
  FOR EACH ROW WHEN (OLD.retracted_at IS NOT NULL AND NEW.retracted_at IS NULL) EXECUTE FUNCTION refuse_restoring_merged();

-- While it is merged, a record requires the one that it was merged into: it is hidden with it, its history too.
DO $$
BEGIN
  EXECUTE 'CREATE OR REPLACE VIEW requirements (record_id, requires_id) AS ' || rtrim(pg_get_viewdef('requirements'::regclass), ';')
    || ' UNION ALL SELECT merge.duplicate_id, merge.kept_id FROM public.merges AS merge WHERE merge.undone_at IS NULL';
END $$;

CREATE FUNCTION hide_with_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('hidden_spans', 0));
  PERFORM rederive_hidden_spans(COALESCE(NEW.undone_at, NEW.created_at), below.id)
    FROM (SELECT NEW.duplicate_id AS id UNION SELECT beneath.id FROM requiring(NEW.duplicate_id) AS beneath (id)) AS below;
  RETURN NULL;
END $$;
CREATE TRIGGER y_hide_with_kept AFTER INSERT OR UPDATE ON merges FOR EACH ROW EXECUTE FUNCTION hide_with_kept();
