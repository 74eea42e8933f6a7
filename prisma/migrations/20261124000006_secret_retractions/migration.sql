-- What is retracted while it is hidden stays hidden, though its embargo passes or what it requires is shown: readers never
-- had it, and must not get it with the reason why it is gone. So does what requires it (a citation may outlive what it is
-- about). Restored, it is hidden by what it says and requires then.

-- Hides a retracted record for good, with itself as the cause, if it was hidden when it was retracted.
CREATE FUNCTION hide_secret_retraction(retracted uuid, retracted_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
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

CREATE FUNCTION keep_secret_retractions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.retracted_at IS NOT NULL THEN
    PERFORM hide_secret_retraction(NEW.id, NEW.retracted_at);
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('hidden_spans', 0));
  PERFORM end_hidden_spans(NEW.updated_at, span.record_id, NEW.id)
    FROM (SELECT DISTINCT span.record_id FROM hidden_spans AS span WHERE span.cause_id = NEW.id AND span.hidden_until > NEW.updated_at) AS span;
  INSERT INTO hidden_spans (record_id, cause_id, ground, hidden_from, hidden_until)
    SELECT below.id, NEW.id, own.ground, NEW.updated_at, own.hidden_until
    FROM own_hiding(to_jsonb(NEW)) AS own
    CROSS JOIN (SELECT NEW.id AS id UNION SELECT beneath.id FROM requiring(NEW.id) AS beneath (id)) AS below
    WHERE own.hidden_until > NEW.updated_at;
  RETURN NULL;
END $$;

-- After the spans of the change itself are kept. And what was retracted so before.
DO $$
DECLARE
  kept record;
BEGIN
  FOR kept IN SELECT tgrelid::regclass AS record_table FROM pg_trigger WHERE tgname = 'y_keep_hidden_spans' LOOP
    EXECUTE format(
      'CREATE TRIGGER y_keep_secret_retractions AFTER UPDATE ON %s FOR EACH ROW
       WHEN ((OLD.retracted_at IS NULL) <> (NEW.retracted_at IS NULL)) EXECUTE FUNCTION keep_secret_retractions()',
      kept.record_table
    );
    EXECUTE format(
      'SELECT hide_secret_retraction(record.id, record.retracted_at) FROM %s AS record WHERE record.retracted_at IS NOT NULL',
      kept.record_table
    );
  END LOOP;
END $$;
