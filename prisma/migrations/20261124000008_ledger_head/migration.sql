-- The head of the ledger: what was committed since somebody last asked, found by the transaction that wrote it. What is seen
-- now and was not seen then is of a transaction that had not begun then, or was under way: both are looked up by index,
-- however long a transaction stays open and however much came before.

-- Rows of before have none: nobody has asked yet.
ALTER TABLE revisions ADD COLUMN transaction_id xid8;
ALTER TABLE revisions ALTER COLUMN transaction_id SET DEFAULT pg_current_xact_id();
CREATE INDEX revisions_transaction_id_idx ON revisions (transaction_id);
ALTER TABLE purges ADD COLUMN transaction_id xid8;
ALTER TABLE purges ALTER COLUMN transaction_id SET DEFAULT pg_current_xact_id();
CREATE INDEX purges_transaction_id_idx ON purges (transaction_id);
ALTER TABLE keys ADD COLUMN transaction_id xid8;
ALTER TABLE keys ALTER COLUMN transaction_id SET DEFAULT pg_current_xact_id();
CREATE INDEX keys_transaction_id_idx ON keys (transaction_id);

CREATE FUNCTION note_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.transaction_id := pg_current_xact_id();
  RETURN NEW;
END $$;
CREATE TRIGGER note_transaction BEFORE UPDATE ON keys FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
  EXECUTE FUNCTION note_transaction();

-- What was committed since a snapshot was taken, and became visible since an instant. Without a snapshot: anything may have been.
--
-- head: what is committed now, to ask with the next time. touches_all: something changed that may count for any merger, such as
-- a person, a faction or a source, or more than at_most changes came at once. mergers: whose records changed otherwise.
-- hides: something may be seen no longer that was before. next_lifting: when the next embargo ends.
--
-- Transaction ids that a restore brought from elsewhere may seem new once more: something is looked at again in vain.
CREATE FUNCTION head_since(last pg_snapshot, since timestamptz, at_most int)
RETURNS TABLE (
  head pg_snapshot, instant timestamptz, touches_any boolean, touches_all boolean, mergers uuid[], keys_changed boolean,
  hides boolean, next_lifting timestamptz
)
LANGUAGE sql STABLE AS $$
  WITH before AS MATERIALIZED (
    SELECT pg_snapshot_xmax(last) AS next, ARRAY(SELECT under.way FROM pg_snapshot_xip(last) AS under (way)) AS under_way
  ), came AS MATERIALIZED (
    (
      SELECT revision.record_type, revision.record_id, revision.merger_id, revision.operation, revision.recorded_at,
        revision.before, revision.after
      FROM public.revisions AS revision
      WHERE revision.transaction_id >= (SELECT before.next FROM before)
        AND revision.transaction_id < pg_snapshot_xmax(pg_current_snapshot())
      LIMIT at_most + 1
    )
    UNION ALL
    (
      SELECT revision.record_type, revision.record_id, revision.merger_id, revision.operation, revision.recorded_at,
        revision.before, revision.after
      FROM public.revisions AS revision WHERE revision.transaction_id = ANY ((SELECT before.under_way FROM before)::xid8[])
      LIMIT at_most + 1
    )
  ), judged AS (
    SELECT
      -- Every record of these has one merger for good, and counts for it alone.
      came.merger_id IS NOT NULL AND came.record_type IN ('mergers', 'participants', 'stances', 'milestones', 'transitions',
        'motions', 'vote-events', 'votes', 'mandates', 'predictions', 'successions') AS is_of_one,
      came.merger_id,
      came.operation = 'retract' OR came.before IS NOT NULL
        AND (came.before -> 'visibility', came.before -> 'embargo_until', came.before -> 'confidential')
          IS DISTINCT FROM (came.after -> 'visibility', came.after -> 'embargo_until', came.after -> 'confidential')
        -- What it requires since may hide it, too.
        OR EXISTS (
          SELECT FROM public.hidden_spans AS span WHERE span.record_id = came.record_id AND span.hidden_from >= came.recorded_at
        ) AS hides
    FROM came
  ), summed AS (
    SELECT count(*) AS count, COALESCE(bool_or(NOT judged.is_of_one), false) AS beyond, COALESCE(bool_or(judged.hides), false) AS hides,
      COALESCE(array_agg(DISTINCT judged.merger_id) FILTER (WHERE judged.is_of_one), '{}') AS mergers
    FROM judged
  ), besides AS MATERIALIZED (
    SELECT
      EXISTS (SELECT FROM public.purges AS purge WHERE purge.transaction_id >= (SELECT before.next FROM before))
        OR EXISTS (SELECT FROM public.purges AS purge WHERE purge.transaction_id = ANY ((SELECT before.under_way FROM before)::xid8[])) AS purged,
      EXISTS (
        SELECT FROM public.hidden_spans AS span WHERE span.hidden_until > since AND span.hidden_until <= statement_timestamp()
      ) AS lifted,
      EXISTS (SELECT FROM public.keys AS key WHERE key.transaction_id >= (SELECT before.next FROM before))
        OR EXISTS (SELECT FROM public.keys AS key WHERE key.transaction_id = ANY ((SELECT before.under_way FROM before)::xid8[])) AS keys
  )
  SELECT pg_current_snapshot(), statement_timestamp(),
    last IS NULL OR summed.count > 0 OR besides.purged OR besides.lifted,
    last IS NULL OR summed.count > at_most OR summed.beyond OR besides.purged OR besides.lifted,
    summed.mergers, last IS NULL OR besides.keys,
    last IS NULL OR summed.count > at_most OR summed.hides OR besides.purged,
    (SELECT min(span.hidden_until) FROM public.hidden_spans AS span
      WHERE span.hidden_until > statement_timestamp() AND span.hidden_until < 'infinity')
  FROM summed CROSS JOIN besides
$$;
