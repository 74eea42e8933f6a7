/** Makes a data set in a database that is migrated and empty. */
import pg from 'pg';
import { PARTS, type Part } from './parts.db.js';
import { FUNCTIONS, mergerOf, stage, stagingTable } from './staging.db.js';

/** So many mergers are made at once: what is staged fits into memory. */
const AT_ONCE = 250;

/** On so many connections: there is work for two cores. */
const SIDE_BY_SIDE = 2;

/** So many changes are numbered at once, where the service numbers them. */
const NUMBERED_AT_ONCE = 100_000;

/** By whom all of it is recorded. */
const ACTOR = 'the generator of data sets';

/** The triggers do by the row what is done here for many at once; the foreign keys are checked all the same. */
const WITHOUT_TRIGGERS = [...PARTS.map(({ table }) => table), 'revisions', 'hidden_spans'];

/** Told how many mergers there are. */
export type Progress = (mergers: number) => void;

/**
 * Makes so many mergers with the triggers off, and writes what they would have written: revisions, names, links, hidden spans, and the
 * numbered feed. `replay` does the same by the triggers, and a test compares the two.
 */
export async function load(
  databaseUrl: string,
  mergers: number,
  progress: Progress = () => undefined,
): Promise<void> {
  await onGenerator(databaseUrl, (client) => switchTriggers(client, 'DISABLE'));
  const batches = batchesOf(mergers);
  let made = 0;
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, () =>
      onGenerator(databaseUrl, async (client) => {
        // The iterator is shared: each takes the next one that nobody has taken.
        for (const [from, to] of batches) {
          await loadBatch(client, from, to);
          made += to - from + 1;
          progress(made);
        }
      }),
    ),
  );
  await onGenerator(databaseUrl, async (client) => {
    await client.query('ANALYZE');
    for (const derive of DERIVE) await client.query(derive);
    await switchTriggers(client, 'ENABLE');
    await numberAll(client);
  });
}

/** Makes the same mergers by the triggers: each version is stored by itself, at its instant. */
export async function replay(databaseUrl: string, mergers: number): Promise<void> {
  await onGenerator(databaseUrl, async (client) => {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('accord.actor', $1, true)`, [ACTOR]);
    await stageAll(client, 1, mergers);
    await client.query(REPLAY);
    await client.query('COMMIT');
    await numberAll(client);
  });
}

/** What the generator does, as text: another text may make other data. */
export function generatorText(): string {
  return [FUNCTIONS, ...PARTS.map(stage), ...PARTS.map(store), WRITE_REVISIONS, ...DERIVE].join();
}

async function onGenerator(
  databaseUrl: string,
  make: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    options:
      '-c TimeZone=UTC -c work_mem=256MB -c maintenance_work_mem=512MB -c synchronous_commit=off',
  });
  await client.connect();
  try {
    await client.query(FUNCTIONS);
    for (const part of PARTS) await client.query(stagingTable(part));
    await make(client);
  } finally {
    await client.end();
  }
}

function* batchesOf(mergers: number): Generator<readonly [from: number, to: number], undefined> {
  for (let from = 1; from <= mergers; from += AT_ONCE) {
    yield [from, Math.min(from + AT_ONCE - 1, mergers)];
  }
}

async function loadBatch(client: pg.Client, from: number, to: number): Promise<void> {
  await client.query('BEGIN');
  await stageAll(client, from, to);
  for (const part of PARTS) await client.query(store(part));
  await client.query(WRITE_REVISIONS, [ACTOR]);
  await client.query('COMMIT');
}

async function switchTriggers(client: pg.Client, to: 'DISABLE' | 'ENABLE'): Promise<void> {
  for (const table of WITHOUT_TRIGGERS) {
    await client.query(`ALTER TABLE ${table} ${to} TRIGGER USER`);
  }
}

async function stageAll(client: pg.Client, from: number, to: number): Promise<void> {
  for (const part of PARTS) {
    await client.query(`TRUNCATE staged_${part.table}`);
    await client.query(stage(part), [from, to]);
  }
}

/** The last version of each record is the record. */
function store({ table }: Part): string {
  return `
    INSERT INTO ${table} SELECT staged.* FROM staged_${table} AS staged
    WHERE NOT EXISTS (SELECT FROM staged_${table} AS later WHERE later.id = staged.id AND later.version > staged.version)
    ORDER BY staged.created_at`;
}

/** As `write_revision` does. */
const WRITE_REVISIONS = `
  INSERT INTO revisions (position, record_type, record_id, version, operation, before, after, actor, recorded_at, merger_id)
  SELECT written.slot + 1, written.record_type, written.id, written.version,
    CASE WHEN written.version = 1 THEN 'create' WHEN written.is_retracted THEN 'retract' ELSE 'update' END::revision_operation,
    written.before, written.after, $1, written.updated_at, CASE WHEN written.is_of_merger THEN ${mergerOf('written.slot')} END
  FROM (${PARTS.map(
    ({ table, isOfMerger }) => `
    SELECT '${table.replace('_', '-')}'::record_type AS record_type, staged.id, staged.version, staged.updated_at,
      staged.retracted_at IS NOT NULL AS is_retracted, ${String(isOfMerger)} AS is_of_merger, pg_temp.slot_at(staged.updated_at) AS slot,
      lag(to_jsonb(staged)) OVER (PARTITION BY staged.id ORDER BY staged.version) AS before, to_jsonb(staged) AS after
    FROM staged_${table} AS staged`,
  ).join(' UNION ALL ')}
  ) AS written
  ORDER BY written.slot`;

/** What else the triggers keep, in the words of their functions. */
const DERIVE: readonly string[] = [
  `SELECT setval(pg_get_serial_sequence('revisions', 'position'), (SELECT max(revision.position) FROM revisions AS revision))`,
  // derive_names
  `INSERT INTO names (record_type, record_id, folded, latin)
   SELECT DISTINCT named.record_type, named.id, fold_name(named.name),
     CASE WHEN named.record_type = 'mergers' THEN '' ELSE fold_name(latin_letters(named.name)) END
   FROM (
     SELECT 'people'::record_type AS record_type, record.id, every.name FROM people AS record
     CROSS JOIN LATERAL unnest(ARRAY[record.name, replace(record.slug, '-', ' ')]) AS every (name)
     UNION ALL
     SELECT 'mergers', record.id, every.name FROM mergers AS record
     CROSS JOIN LATERAL unnest(ARRAY[record.title, replace(record.slug, '-', ' ')]) AS every (name)
     UNION ALL
     SELECT 'factions', record.id, every.name FROM factions AS record
     CROSS JOIN LATERAL unnest(
       ARRAY[record.name, replace(record.slug, '-', ' ')] || ARRAY(SELECT other.names ->> 'name' FROM jsonb_array_elements(record.other_names) AS other (names))
     ) AS every (name)
   ) AS named
   WHERE fold_name(named.name) <> ''`,
  // derive_dependencies
  `INSERT INTO milestone_dependencies (milestone_id, depends_on_id, merger_id)
   SELECT DISTINCT milestone.id, link.id, milestone.merger_id
   FROM milestones AS milestone CROSS JOIN LATERAL unnest(milestone.depends_on) AS link (id)`,
  // derive_predecessors
  `INSERT INTO succession_predecessors (succession_id, faction_id)
   SELECT DISTINCT succession.id, link.id
   FROM successions AS succession CROSS JOIN LATERAL unnest(succession.predecessor_ids) AS link (id)`,
  // keep_hidden_spans: what hides itself, and whatever requires it
  `CREATE TEMPORARY TABLE links AS
   SELECT link.record_id, link.requires_id FROM requirements AS link WHERE link.requires_id IS NOT NULL`,
  'CREATE INDEX ON links (requires_id)',
  'ANALYZE links',
  `WITH RECURSIVE causes AS (${PARTS.map(
    ({ table }) => `
     SELECT record.id, record.created_at, own.ground, own.hidden_until
     FROM ${table} AS record CROSS JOIN LATERAL own_hiding(to_jsonb(record)) AS own
     WHERE (record.visibility <> 'public' OR record.embargo_until IS NOT NULL ${table === 'sources' ? 'OR record.confidential' : ''})
       AND own.hidden_until > record.created_at`,
  ).join(' UNION ALL ')}
   ), hidden (id, cause_id) AS (
     SELECT cause.id, cause.id FROM causes AS cause
     UNION
     SELECT link.record_id, hidden.cause_id FROM hidden JOIN links AS link ON link.requires_id = hidden.id
   )
   INSERT INTO hidden_spans (record_id, cause_id, ground, hidden_from, hidden_until)
   SELECT hidden.id, cause.id, cause.ground, revision.recorded_at, cause.hidden_until
   FROM hidden
   JOIN causes AS cause ON cause.id = hidden.cause_id
   JOIN revisions AS revision ON revision.record_id = hidden.id AND revision.version = 1
   WHERE cause.hidden_until > revision.recorded_at`,
  // queue_lifting
  `INSERT INTO pending_liftings (record_id, due_at)
   SELECT span.record_id, span.hidden_until FROM hidden_spans AS span WHERE isfinite(span.hidden_until)`,
  // queue_change and number_changes, in the order of the ledger: the liftings, of which none is before a change of its record, are numbered after them
  `INSERT INTO changes (position, is_public, revision_position, merger_id)
   SELECT row_number() OVER (ORDER BY revision.position),
     NOT EXISTS (
       SELECT FROM hidden_spans AS span
       WHERE span.record_id = revision.record_id AND span.hidden_from <= revision.recorded_at
         AND span.hidden_until >= revision.recorded_at
     ),
     revision.position, revision.merger_id
   FROM revisions AS revision ORDER BY revision.position`,
];

async function numberAll(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ numbered: number }>(
      'SELECT number_changes(NULL, $1::int) AS numbered',
      [NUMBERED_AT_ONCE],
    );
    if ((rows[0]?.numbered ?? 0) < NUMBERED_AT_ONCE) return;
  }
}

/** Stores every staged version at its instant: the first as a new row, the others as changes of it. */
const REPLAY = `
  DO $$
  DECLARE
    staged record;
    columns text;
  BEGIN
    FOR staged IN
      SELECT every.record_table, every.row_now, every.version, every.instant
      FROM (${PARTS.map(
        ({ table }) =>
          `SELECT '${table}' AS record_table, to_jsonb(record) AS row_now, record.version, record.updated_at AS instant FROM staged_${table} AS record`,
      ).join(' UNION ALL ')}) AS every
      ORDER BY every.instant
    LOOP
      PERFORM set_config('accord.instant', staged.instant::text, true);
      SELECT string_agg(format('%I', attribute.attname), ', ') INTO columns
        FROM pg_attribute AS attribute
        WHERE attribute.attrelid = staged.record_table::regclass AND attribute.attnum > 0 AND NOT attribute.attisdropped;
      IF staged.version = 1 THEN
        EXECUTE format('INSERT INTO %1$I SELECT told.* FROM jsonb_populate_record(NULL::%1$I, $1) AS told', staged.record_table)
          USING staged.row_now;
      ELSE
        EXECUTE format(
          'UPDATE %1$I SET (%2$s) = (SELECT %2$s FROM jsonb_populate_record(NULL::%1$I, $1)) WHERE %1$I.id = ($1 ->> ''id'')::uuid',
          staged.record_table, columns
        ) USING staged.row_now;
      END IF;
    END LOOP;
  END $$`;
