/**
 * An SQL relation of one row for a LATERAL: in `json` what speaks for and against some records, in `speakers` who speaks.
 * It is written over the plain tables and `lineage`, so it holds what the reading may see.
 *
 * @param records an SQL expression of their ids
 */
export function evidence(records: string): string {
  return `(
    WITH RECURSIVE cited AS (
      SELECT citation.id, citation.created_at, citation.record_type, citation.record_id, citation.field, citation.stance,
        citation.speaker_id, citation.speaker_label, citation.on_record, citation.quote, citation.source_id
      FROM citations AS citation
      WHERE (citation.record_id = ANY (${records}) OR citation.id = ANY (${records})) AND citation.retracted_at IS NULL
      UNION
      SELECT citation.id, citation.created_at, citation.record_type, citation.record_id, citation.field, citation.stance,
        citation.speaker_id, citation.speaker_label, citation.on_record, citation.quote, citation.source_id
      FROM cited JOIN citations AS citation ON citation.record_id = cited.id WHERE citation.retracted_at IS NULL
    ), chain AS (
      SELECT lineage.id, lineage.derived_from_id, lineage.publisher FROM lineage
        WHERE lineage.id = ANY (ARRAY(SELECT cited.source_id FROM cited))
      UNION
      SELECT lineage.id, lineage.derived_from_id, lineage.publisher
        FROM chain JOIN lineage ON lineage.id = chain.derived_from_id
    ), speaking AS (
      SELECT member.person_id, member.faction_id, member.start_date, member.end_date FROM members AS member
      WHERE member.retracted_at IS NULL AND member.person_id = ANY (ARRAY(SELECT cited.speaker_id FROM cited WHERE cited.on_record))
    ), belonging (id, parent_id) AS (
      SELECT faction.id, faction.parent_id FROM factions AS faction
        WHERE faction.id = ANY (ARRAY(SELECT speaking.faction_id FROM speaking))
      UNION
      SELECT faction.id, faction.parent_id FROM belonging JOIN factions AS faction ON faction.id = belonging.parent_id
    )
    SELECT ARRAY(SELECT DISTINCT cited.speaker_id FROM cited WHERE cited.speaker_id IS NOT NULL) AS speakers,
      json_build_object(
        'citations', ${all(CITATIONS)},
        'lineage', ${all('SELECT chain.id, chain.derived_from_id AS "derivedFromId", chain.publisher FROM chain')},
        'members', ${all('SELECT speaking.person_id AS "personId", speaking.faction_id AS "factionId", speaking.start_date AS "startDate", speaking.end_date AS "endDate" FROM speaking')},
        'factions', ${all('SELECT belonging.id, belonging.parent_id AS "parentId" FROM belonging')}
      ) AS json
  )`;
}

const CITATIONS = `
  SELECT cited.id, iso_instant(cited.created_at) AS "createdAt", cited.record_type AS "recordType",
    cited.record_id AS "recordId", cited.field, cited.stance, cited.speaker_id AS "speakerId",
    cited.speaker_label AS "speakerLabel", cited.on_record AS "onRecord", cited.quote, cited.source_id AS "sourceId",
    source.title AS "sourceTitle", source.kind AS "sourceKind", source.publisher, source.published_on AS "publishedOn"
  FROM cited JOIN sources AS source ON source.id = cited.source_id ORDER BY cited.id`;

function all(rows: string): string {
  return `(SELECT COALESCE(json_agg(each), '[]') FROM (${rows}) AS each)`;
}
