-- What must hold for every row, whoever writes it. The API refuses the same things earlier and says more.

-- Dates exist, and no end lies before its start on every reading of the two.
ALTER TABLE factions
  ADD CONSTRAINT factions_dates CHECK (is_partial_date(founding_date) AND is_partial_date(dissolution_date)),
  ADD CONSTRAINT factions_period CHECK (span_end(dissolution_date) > span_start(founding_date)),
  ADD CONSTRAINT factions_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
ALTER TABLE people
  ADD CONSTRAINT people_dates CHECK (is_partial_date(birth_date) AND is_partial_date(death_date)),
  ADD CONSTRAINT people_period CHECK (span_end(death_date) > span_start(birth_date)),
  ADD CONSTRAINT people_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
ALTER TABLE members
  ADD CONSTRAINT members_dates CHECK (is_partial_date(start_date) AND is_partial_date(end_date)),
  ADD CONSTRAINT members_period CHECK (span_end(end_date) > span_start(start_date));
ALTER TABLE mergers
  ADD CONSTRAINT mergers_dates CHECK (is_partial_date(started_on) AND is_partial_date(closed_on)),
  ADD CONSTRAINT mergers_period CHECK (span_end(closed_on) > span_start(started_on)),
  ADD CONSTRAINT mergers_outcome_with_closing CHECK ((outcome IS NULL) = (closed_on IS NULL)),
  ADD CONSTRAINT mergers_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
ALTER TABLE participants
  ADD CONSTRAINT participants_one_subject CHECK (num_nonnulls(faction_id, person_id) = 1);
ALTER TABLE stances
  ADD CONSTRAINT stances_dates CHECK (is_partial_date(occurred_on));
ALTER TABLE milestones
  ADD CONSTRAINT milestones_dates CHECK (is_partial_date(due_from) AND is_partial_date(due_to)),
  ADD CONSTRAINT milestones_period CHECK (span_end(due_to) > span_start(due_from)),
  ADD CONSTRAINT milestones_weight CHECK (weight BETWEEN 1 AND 100),
  ADD CONSTRAINT milestones_one_satisfier CHECK (
    num_nonnulls(satisfied_by_motion_id, satisfied_by_meeting_id, satisfied_by_participant_id) <= 1
  );
ALTER TABLE transitions
  ADD CONSTRAINT transitions_dates CHECK (is_partial_date(occurred_on)),
  ADD CONSTRAINT transitions_percent CHECK (
    percent IS NULL OR (percent BETWEEN 0 AND 99 AND state IN ('planned', 'in_progress', 'blocked'))
  );
ALTER TABLE meetings
  ADD CONSTRAINT meetings_dates CHECK (is_partial_date(starts_on)),
  ADD CONSTRAINT meetings_held_has_start CHECK (status <> 'held' OR starts_on IS NOT NULL),
  ADD CONSTRAINT meetings_duration CHECK (duration_minutes > 0);
ALTER TABLE motions
  ADD CONSTRAINT motions_dates CHECK (is_partial_date(proposed_on));
ALTER TABLE vote_events
  ADD CONSTRAINT vote_events_dates CHECK (is_partial_date(start_date) AND is_partial_date(end_date)),
  ADD CONSTRAINT vote_events_period CHECK (span_end(end_date) > span_start(start_date)),
  ADD CONSTRAINT vote_events_dated CHECK (num_nonnulls(meeting_id, start_date, end_date) > 0),
  ADD CONSTRAINT vote_events_seats CHECK (seats > 0);
ALTER TABLE votes
  ADD CONSTRAINT votes_dates CHECK (is_partial_date(cast_on)),
  ADD CONSTRAINT votes_one_voter CHECK (num_nonnulls(person_id, voter_name) = 1);
ALTER TABLE mandates
  ADD CONSTRAINT mandates_dates CHECK (
    is_partial_date(start_date) AND is_partial_date(end_date) AND is_partial_date(revoked_on)
  ),
  ADD CONSTRAINT mandates_period CHECK (
    span_end(end_date) > span_start(start_date) AND span_end(revoked_on) > span_start(start_date)
  ),
  ADD CONSTRAINT mandates_one_grantor CHECK (num_nonnulls(grantor_faction_id, grantor_person_id) = 1);
ALTER TABLE predictions
  ADD CONSTRAINT predictions_dates CHECK (
    is_partial_date("from") AND is_partial_date("to") AND is_partial_date(stated_on)
  ),
  ADD CONSTRAINT predictions_period CHECK (span_end("to") > span_start("from"));
ALTER TABLE successions
  ADD CONSTRAINT successions_dates CHECK (is_partial_date(date)),
  ADD CONSTRAINT successions_has_predecessors CHECK (cardinality(predecessor_ids) > 0);
ALTER TABLE sources
  ADD CONSTRAINT sources_dates CHECK (is_partial_date(published_on));
ALTER TABLE citations
  ADD CONSTRAINT citations_credibility CHECK (credibility BETWEEN 1 AND 6),
  ADD CONSTRAINT citations_quote_length CHECK (char_length(quote) <= 500);

-- One of each, among what is not retracted.
CREATE UNIQUE INDEX participants_merger_faction_key ON participants (merger_id, faction_id) WHERE retracted_at IS NULL;
CREATE UNIQUE INDEX participants_merger_person_key ON participants (merger_id, person_id) WHERE retracted_at IS NULL;
CREATE UNIQUE INDEX milestones_one_announcement ON milestones (merger_id)
  WHERE classification = 'announcement' AND retracted_at IS NULL;
CREATE UNIQUE INDEX attendance_meeting_person_key ON attendance (meeting_id, person_id) WHERE retracted_at IS NULL;
CREATE UNIQUE INDEX successions_merger_key ON successions (merger_id) WHERE retracted_at IS NULL;
CREATE UNIQUE INDEX votes_person_date_key ON votes (vote_event_id, person_id, date_order(cast_on))
  WHERE retracted_at IS NULL;

-- Two memberships of one person in one faction never certainly overlap. Locked by person, so that two at once cannot pass.
CREATE FUNCTION refuse_overlapping_memberships() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('members:' || NEW.person_id::text, 0));
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
CREATE TRIGGER b_refuse_overlap BEFORE INSERT OR UPDATE ON members
  FOR EACH ROW WHEN (NEW.retracted_at IS NULL) EXECUTE FUNCTION refuse_overlapping_memberships();

-- No record stands above itself. The argument is the column that points upwards. Locked by table, so that two writers
-- cannot close a circle between them.
CREATE FUNCTION refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  upwards text := TG_ARGV[0];
  closes_circle boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('cycle:' || TG_TABLE_NAME, 0));
  EXECUTE format(
    'WITH RECURSIVE above (id) AS (
       SELECT ($1 ->> %L)::uuid
       UNION
       SELECT record.%I FROM above JOIN %I AS record ON record.id = above.id
     )
     SELECT EXISTS (SELECT FROM above WHERE id = $2)',
    upwards, upwards, TG_TABLE_NAME
  ) INTO closes_circle USING to_jsonb(NEW), NEW.id;
  IF closes_circle THEN
    RAISE EXCEPTION 'record violates check constraint "%_no_cycle"', TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_refuse_cycle BEFORE INSERT OR UPDATE ON factions
  FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION refuse_cycle('parent_id');
CREATE TRIGGER b_refuse_cycle BEFORE INSERT OR UPDATE ON sources
  FOR EACH ROW WHEN (NEW.derived_from_id IS NOT NULL) EXECUTE FUNCTION refuse_cycle('derived_from_id');

-- The links behind milestones.depends_on: a foreign key for each id, of the same merger, and no circle.
CREATE FUNCTION derive_dependencies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('dependencies:' || NEW.merger_id::text, 0));
  DELETE FROM milestone_dependencies WHERE milestone_dependencies.milestone_id = NEW.id;
  INSERT INTO milestone_dependencies (milestone_id, depends_on_id, merger_id)
    SELECT DISTINCT NEW.id, dependency, NEW.merger_id FROM unnest(NEW.depends_on) AS dependency;
  IF EXISTS (
    WITH RECURSIVE needed (id) AS (
      SELECT unnest(NEW.depends_on)
      UNION
      SELECT link.depends_on_id FROM needed JOIN milestone_dependencies AS link ON link.milestone_id = needed.id
    )
    SELECT FROM needed WHERE needed.id = NEW.id
  ) THEN
    RAISE EXCEPTION 'record violates check constraint "milestones_no_cycle"' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER derive_dependencies AFTER INSERT OR UPDATE OF depends_on, merger_id ON milestones
  FOR EACH ROW EXECUTE FUNCTION derive_dependencies();

-- The links behind successions.predecessor_ids.
CREATE FUNCTION derive_predecessors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM succession_predecessors WHERE succession_predecessors.succession_id = NEW.id;
  INSERT INTO succession_predecessors (succession_id, faction_id)
    SELECT DISTINCT NEW.id, predecessor FROM unnest(NEW.predecessor_ids) AS predecessor;
  RETURN NULL;
END $$;
CREATE TRIGGER derive_predecessors AFTER INSERT OR UPDATE OF predecessor_ids ON successions
  FOR EACH ROW EXECUTE FUNCTION derive_predecessors();

-- What a citation is about exists. Records are never deleted, so it is enough to look when the citation is written.
CREATE FUNCTION require_cited_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found_it boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %I AS record WHERE record.id = $1)', replace(NEW.record_type::text, '-', '_'))
    INTO found_it USING NEW.record_id;
  IF NOT found_it THEN
    RAISE EXCEPTION 'record violates check constraint "citations_record_exists"' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_require_cited_record BEFORE INSERT OR UPDATE ON citations
  FOR EACH ROW EXECUTE FUNCTION require_cited_record();

-- Lists sorted by a name or a date.
CREATE INDEX factions_name_order ON factions (lower(name), id);
CREATE INDEX factions_date_order ON factions (date_order(founding_date), id);
CREATE INDEX people_name_order ON people (lower(name), id);
CREATE INDEX people_date_order ON people (date_order(birth_date), id);
CREATE INDEX members_date_order ON members (date_order(start_date), id);
CREATE INDEX mergers_name_order ON mergers (lower(title), id);
CREATE INDEX mergers_date_order ON mergers (date_order(started_on), id);
CREATE INDEX stances_date_order ON stances (participant_id, date_order(occurred_on), id);
CREATE INDEX milestones_name_order ON milestones (lower(title), id);
CREATE INDEX milestones_date_order ON milestones (date_order(due_to), id);
CREATE INDEX transitions_date_order ON transitions (milestone_id, date_order(occurred_on), id);
CREATE INDEX meetings_name_order ON meetings (lower(title), id);
CREATE INDEX meetings_date_order ON meetings (date_order(starts_on), id);
CREATE INDEX motions_date_order ON motions (date_order(proposed_on), id);
CREATE INDEX vote_events_date_order ON vote_events (date_order(start_date), id);
CREATE INDEX votes_date_order ON votes (date_order(cast_on), id);
CREATE INDEX mandates_date_order ON mandates (date_order(start_date), id);
CREATE INDEX predictions_date_order ON predictions (date_order(stated_on), id);
CREATE INDEX sources_name_order ON sources (lower(title), id);
CREATE INDEX sources_date_order ON sources (date_order(published_on), id);
