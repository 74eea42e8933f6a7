-- The ledger: every change of every record, whoever makes it, writes a revision and advances the version.
-- The actor and the reason reach the triggers as transaction-local settings (accord.actor, accord.key_id, accord.reason,
-- accord.request_id); without them the actor is the database's user.

-- Before a row is stored: the columns that nobody sets by hand.
CREATE FUNCTION keep_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1;
    NEW.retracted_at := NULL;
    NEW.created_at := clock_timestamp();
    NEW.updated_at := NEW.created_at;
    RETURN NEW;
  END IF;
  NEW.id := OLD.id;
  NEW.created_at := OLD.created_at;
  NEW.updated_at := OLD.updated_at;
  NEW.version := OLD.version;
  IF NEW IS DISTINCT FROM OLD THEN
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $$;

-- After a row is stored: its revision. A change that changes nothing has none.
CREATE FUNCTION write_revision() RETURNS trigger LANGUAGE plpgsql AS $$
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
    record_type, record_id, version, operation, before, after, actor, key_id, reason, request_id, recorded_at
  ) VALUES (
    replace(TG_TABLE_NAME, '_', '-')::record_type, NEW.id, NEW.version, operation, previous, to_jsonb(NEW),
    COALESCE(NULLIF(current_setting('accord.actor', true), ''), 'sql:' || session_user),
    NULLIF(current_setting('accord.key_id', true), '')::uuid,
    NULLIF(current_setting('accord.reason', true), ''),
    NULLIF(current_setting('accord.request_id', true), ''),
    NEW.updated_at
  );
  RETURN NULL;
END $$;

-- Records are retracted, revisions are kept: neither is deleted.
CREATE FUNCTION refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% keeps what it holds: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE
  record_table text;
BEGIN
  FOREACH record_table IN ARRAY ARRAY[
    'factions', 'people', 'members', 'mergers', 'participants', 'stances', 'milestones', 'transitions', 'meetings',
    'attendance', 'motions', 'vote_events', 'votes', 'mandates', 'predictions', 'successions', 'sources', 'citations'
  ] LOOP
    EXECUTE format('CREATE TRIGGER a_keep_record BEFORE INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION keep_record()', record_table);
    EXECUTE format('CREATE TRIGGER z_write_revision AFTER INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION write_revision()', record_table);
    EXECUTE format('CREATE TRIGGER refuse_delete BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_removal()', record_table);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()', record_table);
  END LOOP;
END $$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON revisions FOR EACH ROW EXECUTE FUNCTION refuse_removal();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON revisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal();
