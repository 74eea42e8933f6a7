-- The tables, as prisma/schema.prisma declares them: written by `prisma migrate diff --from-empty`.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "faction_classification" AS ENUM ('party', 'faction', 'bloc', 'committee');

-- CreateEnum
CREATE TYPE "merger_kind" AS ENUM ('merged', 'joined', 'alliance');

-- CreateEnum
CREATE TYPE "merger_outcome" AS ENUM ('collapsed', 'abandoned');

-- CreateEnum
CREATE TYPE "participant_role" AS ENUM ('lead', 'joining', 'invited', 'broker', 'observer');

-- CreateEnum
CREATE TYPE "stance" AS ENUM ('undecided', 'exploring', 'conditional', 'agreed', 'opposed', 'declined', 'withdrawn');

-- CreateEnum
CREATE TYPE "stance_basis" AS ENUM ('statement', 'motion', 'mandate', 'reported');

-- CreateEnum
CREATE TYPE "milestone_classification" AS ENUM ('talks', 'decision', 'issue', 'legal', 'logistics', 'announcement', 'aftermath');

-- CreateEnum
CREATE TYPE "milestone_state" AS ENUM ('planned', 'in_progress', 'blocked', 'achieved', 'dropped');

-- CreateEnum
CREATE TYPE "meeting_status" AS ENUM ('tentative', 'confirmed', 'cancelled', 'held');

-- CreateEnum
CREATE TYPE "attendance_mode" AS ENUM ('in_person', 'phone', 'video', 'absent', 'excused');

-- CreateEnum
CREATE TYPE "motion_classification" AS ENUM ('accept_entry', 'delegate_decision', 'merge', 'other');

-- CreateEnum
CREATE TYPE "requirement" AS ENUM ('simple_majority', 'absolute_majority', 'two_thirds_cast', 'two_thirds_all', 'unanimity', 'consensus');

-- CreateEnum
CREATE TYPE "vote_option" AS ENUM ('yes', 'no', 'abstain', 'absent', 'not_voting');

-- CreateEnum
CREATE TYPE "vote_channel" AS ENUM ('in_person', 'phone', 'video', 'written', 'proxy', 'reported');

-- CreateEnum
CREATE TYPE "source_kind" AS ENUM ('article', 'press_release', 'official_statement', 'document', 'interview', 'broadcast', 'post');

-- CreateEnum
CREATE TYPE "citation_stance" AS ENUM ('supports', 'disputes');

-- CreateEnum
CREATE TYPE "reliability" AS ENUM ('A', 'B', 'C', 'D', 'E', 'F');

-- CreateEnum
CREATE TYPE "record_type" AS ENUM ('factions', 'people', 'members', 'mergers', 'participants', 'stances', 'milestones', 'transitions', 'meetings', 'attendance', 'motions', 'vote-events', 'votes', 'mandates', 'predictions', 'successions', 'sources', 'citations');

-- CreateEnum
CREATE TYPE "role" AS ENUM ('editor', 'admin');

-- CreateEnum
CREATE TYPE "revision_operation" AS ENUM ('create', 'update', 'retract', 'restore');

-- CreateEnum
CREATE TYPE "key_origin" AS ENUM ('api', 'first_start', 'environment');

-- CreateTable
CREATE TABLE "factions" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "classification" "faction_classification" NOT NULL,
    "parent_id" UUID,
    "other_names" JSONB NOT NULL DEFAULT '[]',
    "identifiers" JSONB NOT NULL DEFAULT '[]',
    "founding_date" TEXT,
    "dissolution_date" TEXT,
    "summary" TEXT,
    "links" JSONB NOT NULL DEFAULT '[]',
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "factions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "people" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "family_name" TEXT,
    "given_name" TEXT,
    "honorific_prefix" TEXT,
    "other_names" JSONB NOT NULL DEFAULT '[]',
    "identifiers" JSONB NOT NULL DEFAULT '[]',
    "birth_date" TEXT,
    "death_date" TEXT,
    "summary" TEXT,
    "links" JSONB NOT NULL DEFAULT '[]',
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "people_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "members" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "person_id" UUID NOT NULL,
    "faction_id" UUID NOT NULL,
    "role" TEXT,
    "voting" BOOLEAN NOT NULL DEFAULT true,
    "start_date" TEXT,
    "end_date" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "members_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mergers" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT,
    "expected_kind" "merger_kind",
    "started_on" TEXT,
    "closed_on" TEXT,
    "outcome" "merger_outcome",
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mergers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "participants" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "merger_id" UUID NOT NULL,
    "faction_id" UUID,
    "person_id" UUID,
    "role" "participant_role" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "participants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stances" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "participant_id" UUID NOT NULL,
    "stance" "stance" NOT NULL,
    "occurred_on" TEXT NOT NULL,
    "basis" "stance_basis",
    "motion_id" UUID,
    "mandate_id" UUID,
    "note" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stances_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "milestones" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "merger_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "classification" "milestone_classification" NOT NULL,
    "weight" INTEGER NOT NULL DEFAULT 1,
    "depends_on" UUID[] DEFAULT ARRAY[]::UUID[],
    "estimate" JSONB,
    "due_from" TEXT,
    "due_to" TEXT,
    "venue" TEXT,
    "satisfied_by_motion_id" UUID,
    "satisfied_by_meeting_id" UUID,
    "satisfied_by_participant_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "milestones_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "milestone_dependencies" (
    "milestone_id" UUID NOT NULL,
    "depends_on_id" UUID NOT NULL,
    "merger_id" UUID NOT NULL,

    CONSTRAINT "milestone_dependencies_pkey" PRIMARY KEY ("milestone_id","depends_on_id")
);

-- CreateTable
CREATE TABLE "transitions" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "milestone_id" UUID NOT NULL,
    "state" "milestone_state" NOT NULL,
    "occurred_on" TEXT NOT NULL,
    "percent" INTEGER,
    "note" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "transitions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "meetings" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "merger_id" UUID,
    "title" TEXT NOT NULL,
    "classification" TEXT,
    "host_faction_id" UUID,
    "venue" TEXT,
    "starts_on" TEXT,
    "duration_minutes" INTEGER,
    "status" "meeting_status" NOT NULL,
    "reported_attendance" JSONB,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "meetings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attendance" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "meeting_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "mode" "attendance_mode" NOT NULL,
    "role" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "attendance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "motions" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "merger_id" UUID NOT NULL,
    "faction_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "rationale" TEXT,
    "classification" "motion_classification" NOT NULL,
    "requirement" "requirement" NOT NULL,
    "quorum" JSONB,
    "proposed_on" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "motions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vote_events" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "motion_id" UUID NOT NULL,
    "meeting_id" UUID,
    "start_date" TEXT,
    "end_date" TEXT,
    "seats" INTEGER,
    "complete" BOOLEAN NOT NULL DEFAULT false,
    "reported_counts" JSONB NOT NULL DEFAULT '[]',
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "vote_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "votes" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "vote_event_id" UUID NOT NULL,
    "person_id" UUID,
    "voter_name" TEXT,
    "faction_id" UUID,
    "option" "vote_option" NOT NULL,
    "channel" "vote_channel" NOT NULL,
    "cast_on" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "votes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mandates" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "merger_id" UUID NOT NULL,
    "grantor_faction_id" UUID,
    "grantor_person_id" UUID,
    "holder_id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "start_date" TEXT NOT NULL,
    "end_date" TEXT,
    "revoked_on" TEXT,
    "motion_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mandates_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "predictions" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "merger_id" UUID NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "stated_on" TEXT NOT NULL,
    "stated_by_id" UUID,
    "stated_by_label" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "predictions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "successions" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "merger_id" UUID NOT NULL,
    "predecessor_ids" UUID[],
    "successor_id" UUID NOT NULL,
    "kind" "merger_kind" NOT NULL,
    "date" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "successions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "succession_predecessors" (
    "succession_id" UUID NOT NULL,
    "faction_id" UUID NOT NULL,

    CONSTRAINT "succession_predecessors_pkey" PRIMARY KEY ("succession_id","faction_id")
);

-- CreateTable
CREATE TABLE "sources" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "url" TEXT,
    "title" TEXT NOT NULL,
    "publisher" TEXT,
    "published_on" TEXT,
    "kind" "source_kind" NOT NULL,
    "language" TEXT,
    "derived_from_id" UUID,
    "confidential" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "citations" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "source_id" UUID NOT NULL,
    "record_type" "record_type" NOT NULL,
    "record_id" UUID NOT NULL,
    "field" TEXT,
    "stance" "citation_stance" NOT NULL DEFAULT 'supports',
    "speaker_id" UUID,
    "speaker_label" TEXT,
    "on_record" BOOLEAN,
    "reliability" "reliability",
    "credibility" INTEGER,
    "quote" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "retracted_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "citations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "names" (
    "record_type" "record_type" NOT NULL,
    "record_id" UUID NOT NULL,
    "folded" TEXT NOT NULL,

    CONSTRAINT "names_pkey" PRIMARY KEY ("record_type","record_id","folded")
);

-- CreateTable
CREATE TABLE "revisions" (
    "position" BIGSERIAL NOT NULL,
    "record_type" "record_type" NOT NULL,
    "record_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "operation" "revision_operation" NOT NULL,
    "before" JSONB,
    "after" JSONB NOT NULL,
    "actor" TEXT NOT NULL,
    "key_id" UUID,
    "reason" TEXT,
    "request_id" TEXT,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revisions_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "keys" (
    "id" UUID NOT NULL DEFAULT uuid_v7(),
    "name" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "hash" BYTEA NOT NULL,
    "origin" "key_origin" NOT NULL DEFAULT 'api',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "keys_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "factions_slug_key" ON "factions"("slug");

-- CreateIndex
CREATE INDEX "factions_created_at_id_idx" ON "factions"("created_at", "id");

-- CreateIndex
CREATE INDEX "factions_updated_at_id_idx" ON "factions"("updated_at", "id");

-- CreateIndex
CREATE INDEX "factions_parent_id_created_at_id_idx" ON "factions"("parent_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "people_slug_key" ON "people"("slug");

-- CreateIndex
CREATE INDEX "people_created_at_id_idx" ON "people"("created_at", "id");

-- CreateIndex
CREATE INDEX "people_updated_at_id_idx" ON "people"("updated_at", "id");

-- CreateIndex
CREATE INDEX "members_created_at_id_idx" ON "members"("created_at", "id");

-- CreateIndex
CREATE INDEX "members_updated_at_id_idx" ON "members"("updated_at", "id");

-- CreateIndex
CREATE INDEX "members_person_id_created_at_id_idx" ON "members"("person_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "members_faction_id_created_at_id_idx" ON "members"("faction_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "mergers_slug_key" ON "mergers"("slug");

-- CreateIndex
CREATE INDEX "mergers_created_at_id_idx" ON "mergers"("created_at", "id");

-- CreateIndex
CREATE INDEX "mergers_updated_at_id_idx" ON "mergers"("updated_at", "id");

-- CreateIndex
CREATE INDEX "participants_created_at_id_idx" ON "participants"("created_at", "id");

-- CreateIndex
CREATE INDEX "participants_updated_at_id_idx" ON "participants"("updated_at", "id");

-- CreateIndex
CREATE INDEX "participants_merger_id_created_at_id_idx" ON "participants"("merger_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "participants_faction_id_created_at_id_idx" ON "participants"("faction_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "participants_person_id_created_at_id_idx" ON "participants"("person_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "stances_participant_id_created_at_id_idx" ON "stances"("participant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "stances_motion_id_idx" ON "stances"("motion_id");

-- CreateIndex
CREATE INDEX "stances_mandate_id_idx" ON "stances"("mandate_id");

-- CreateIndex
CREATE INDEX "milestones_created_at_id_idx" ON "milestones"("created_at", "id");

-- CreateIndex
CREATE INDEX "milestones_updated_at_id_idx" ON "milestones"("updated_at", "id");

-- CreateIndex
CREATE INDEX "milestones_merger_id_created_at_id_idx" ON "milestones"("merger_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "milestones_satisfied_by_motion_id_idx" ON "milestones"("satisfied_by_motion_id");

-- CreateIndex
CREATE INDEX "milestones_satisfied_by_meeting_id_idx" ON "milestones"("satisfied_by_meeting_id");

-- CreateIndex
CREATE INDEX "milestones_satisfied_by_participant_id_idx" ON "milestones"("satisfied_by_participant_id");

-- CreateIndex
CREATE UNIQUE INDEX "milestones_id_merger_id_key" ON "milestones"("id", "merger_id");

-- CreateIndex
CREATE INDEX "milestone_dependencies_depends_on_id_idx" ON "milestone_dependencies"("depends_on_id");

-- CreateIndex
CREATE INDEX "transitions_milestone_id_created_at_id_idx" ON "transitions"("milestone_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "meetings_created_at_id_idx" ON "meetings"("created_at", "id");

-- CreateIndex
CREATE INDEX "meetings_updated_at_id_idx" ON "meetings"("updated_at", "id");

-- CreateIndex
CREATE INDEX "meetings_merger_id_created_at_id_idx" ON "meetings"("merger_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "meetings_host_faction_id_created_at_id_idx" ON "meetings"("host_faction_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "attendance_meeting_id_created_at_id_idx" ON "attendance"("meeting_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "attendance_person_id_idx" ON "attendance"("person_id");

-- CreateIndex
CREATE INDEX "motions_created_at_id_idx" ON "motions"("created_at", "id");

-- CreateIndex
CREATE INDEX "motions_updated_at_id_idx" ON "motions"("updated_at", "id");

-- CreateIndex
CREATE INDEX "motions_merger_id_created_at_id_idx" ON "motions"("merger_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "motions_faction_id_created_at_id_idx" ON "motions"("faction_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "vote_events_created_at_id_idx" ON "vote_events"("created_at", "id");

-- CreateIndex
CREATE INDEX "vote_events_updated_at_id_idx" ON "vote_events"("updated_at", "id");

-- CreateIndex
CREATE INDEX "vote_events_motion_id_created_at_id_idx" ON "vote_events"("motion_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "vote_events_meeting_id_created_at_id_idx" ON "vote_events"("meeting_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "votes_created_at_id_idx" ON "votes"("created_at", "id");

-- CreateIndex
CREATE INDEX "votes_updated_at_id_idx" ON "votes"("updated_at", "id");

-- CreateIndex
CREATE INDEX "votes_vote_event_id_created_at_id_idx" ON "votes"("vote_event_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "votes_person_id_created_at_id_idx" ON "votes"("person_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "votes_faction_id_created_at_id_idx" ON "votes"("faction_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "mandates_created_at_id_idx" ON "mandates"("created_at", "id");

-- CreateIndex
CREATE INDEX "mandates_updated_at_id_idx" ON "mandates"("updated_at", "id");

-- CreateIndex
CREATE INDEX "mandates_merger_id_created_at_id_idx" ON "mandates"("merger_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "mandates_grantor_faction_id_created_at_id_idx" ON "mandates"("grantor_faction_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "mandates_grantor_person_id_created_at_id_idx" ON "mandates"("grantor_person_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "mandates_holder_id_created_at_id_idx" ON "mandates"("holder_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "mandates_motion_id_created_at_id_idx" ON "mandates"("motion_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "predictions_created_at_id_idx" ON "predictions"("created_at", "id");

-- CreateIndex
CREATE INDEX "predictions_updated_at_id_idx" ON "predictions"("updated_at", "id");

-- CreateIndex
CREATE INDEX "predictions_merger_id_created_at_id_idx" ON "predictions"("merger_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "predictions_stated_by_id_created_at_id_idx" ON "predictions"("stated_by_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "successions_merger_id_created_at_id_idx" ON "successions"("merger_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "successions_successor_id_idx" ON "successions"("successor_id");

-- CreateIndex
CREATE INDEX "succession_predecessors_faction_id_idx" ON "succession_predecessors"("faction_id");

-- CreateIndex
CREATE INDEX "sources_created_at_id_idx" ON "sources"("created_at", "id");

-- CreateIndex
CREATE INDEX "sources_updated_at_id_idx" ON "sources"("updated_at", "id");

-- CreateIndex
CREATE INDEX "sources_derived_from_id_created_at_id_idx" ON "sources"("derived_from_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "citations_created_at_id_idx" ON "citations"("created_at", "id");

-- CreateIndex
CREATE INDEX "citations_updated_at_id_idx" ON "citations"("updated_at", "id");

-- CreateIndex
CREATE INDEX "citations_source_id_created_at_id_idx" ON "citations"("source_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "citations_speaker_id_created_at_id_idx" ON "citations"("speaker_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "citations_record_id_created_at_id_idx" ON "citations"("record_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "revisions_key_id_idx" ON "revisions"("key_id");

-- CreateIndex
CREATE UNIQUE INDEX "revisions_record_type_record_id_version_key" ON "revisions"("record_type", "record_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "keys_hash_key" ON "keys"("hash");

-- CreateIndex
CREATE INDEX "keys_created_at_id_idx" ON "keys"("created_at", "id");

-- AddForeignKey
ALTER TABLE "factions" ADD CONSTRAINT "factions_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "factions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_faction_id_fkey" FOREIGN KEY ("faction_id") REFERENCES "factions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "participants" ADD CONSTRAINT "participants_merger_id_fkey" FOREIGN KEY ("merger_id") REFERENCES "mergers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "participants" ADD CONSTRAINT "participants_faction_id_fkey" FOREIGN KEY ("faction_id") REFERENCES "factions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "participants" ADD CONSTRAINT "participants_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stances" ADD CONSTRAINT "stances_participant_id_fkey" FOREIGN KEY ("participant_id") REFERENCES "participants"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stances" ADD CONSTRAINT "stances_motion_id_fkey" FOREIGN KEY ("motion_id") REFERENCES "motions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stances" ADD CONSTRAINT "stances_mandate_id_fkey" FOREIGN KEY ("mandate_id") REFERENCES "mandates"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_merger_id_fkey" FOREIGN KEY ("merger_id") REFERENCES "mergers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_satisfied_by_motion_id_fkey" FOREIGN KEY ("satisfied_by_motion_id") REFERENCES "motions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_satisfied_by_meeting_id_fkey" FOREIGN KEY ("satisfied_by_meeting_id") REFERENCES "meetings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_satisfied_by_participant_id_fkey" FOREIGN KEY ("satisfied_by_participant_id") REFERENCES "participants"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestone_dependencies" ADD CONSTRAINT "milestone_dependencies_milestone_id_merger_id_fkey" FOREIGN KEY ("milestone_id", "merger_id") REFERENCES "milestones"("id", "merger_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestone_dependencies" ADD CONSTRAINT "milestone_dependencies_depends_on_id_merger_id_fkey" FOREIGN KEY ("depends_on_id", "merger_id") REFERENCES "milestones"("id", "merger_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transitions" ADD CONSTRAINT "transitions_milestone_id_fkey" FOREIGN KEY ("milestone_id") REFERENCES "milestones"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "meetings" ADD CONSTRAINT "meetings_merger_id_fkey" FOREIGN KEY ("merger_id") REFERENCES "mergers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "meetings" ADD CONSTRAINT "meetings_host_faction_id_fkey" FOREIGN KEY ("host_faction_id") REFERENCES "factions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attendance" ADD CONSTRAINT "attendance_meeting_id_fkey" FOREIGN KEY ("meeting_id") REFERENCES "meetings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attendance" ADD CONSTRAINT "attendance_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "motions" ADD CONSTRAINT "motions_merger_id_fkey" FOREIGN KEY ("merger_id") REFERENCES "mergers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "motions" ADD CONSTRAINT "motions_faction_id_fkey" FOREIGN KEY ("faction_id") REFERENCES "factions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vote_events" ADD CONSTRAINT "vote_events_motion_id_fkey" FOREIGN KEY ("motion_id") REFERENCES "motions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vote_events" ADD CONSTRAINT "vote_events_meeting_id_fkey" FOREIGN KEY ("meeting_id") REFERENCES "meetings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "votes" ADD CONSTRAINT "votes_vote_event_id_fkey" FOREIGN KEY ("vote_event_id") REFERENCES "vote_events"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "votes" ADD CONSTRAINT "votes_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "votes" ADD CONSTRAINT "votes_faction_id_fkey" FOREIGN KEY ("faction_id") REFERENCES "factions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_merger_id_fkey" FOREIGN KEY ("merger_id") REFERENCES "mergers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_grantor_faction_id_fkey" FOREIGN KEY ("grantor_faction_id") REFERENCES "factions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_grantor_person_id_fkey" FOREIGN KEY ("grantor_person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_holder_id_fkey" FOREIGN KEY ("holder_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_motion_id_fkey" FOREIGN KEY ("motion_id") REFERENCES "motions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_merger_id_fkey" FOREIGN KEY ("merger_id") REFERENCES "mergers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_stated_by_id_fkey" FOREIGN KEY ("stated_by_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "successions" ADD CONSTRAINT "successions_merger_id_fkey" FOREIGN KEY ("merger_id") REFERENCES "mergers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "successions" ADD CONSTRAINT "successions_successor_id_fkey" FOREIGN KEY ("successor_id") REFERENCES "factions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "succession_predecessors" ADD CONSTRAINT "succession_predecessors_succession_id_fkey" FOREIGN KEY ("succession_id") REFERENCES "successions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "succession_predecessors" ADD CONSTRAINT "succession_predecessors_faction_id_fkey" FOREIGN KEY ("faction_id") REFERENCES "factions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sources" ADD CONSTRAINT "sources_derived_from_id_fkey" FOREIGN KEY ("derived_from_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "citations" ADD CONSTRAINT "citations_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "sources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "citations" ADD CONSTRAINT "citations_speaker_id_fkey" FOREIGN KEY ("speaker_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "keys"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

