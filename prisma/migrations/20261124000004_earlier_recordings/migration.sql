-- Earlier recordings are looked up like today's records: by id, and by what they name.
CREATE INDEX revisions_record_id_recorded_at_idx ON revisions (record_id, recorded_at);
CREATE INDEX revisions_members_faction ON revisions (((after ->> 'faction_id')::uuid)) WHERE record_type = 'members';
CREATE INDEX revisions_factions_parent ON revisions (((after ->> 'parent_id')::uuid)) WHERE record_type = 'factions';
CREATE INDEX revisions_attendance_meeting ON revisions (((after ->> 'meeting_id')::uuid)) WHERE record_type = 'attendance';
CREATE INDEX revisions_citations_record ON revisions (((after ->> 'record_id')::uuid)) WHERE record_type = 'citations';
