import { NOBODY } from '../../support/factories.js';

/**
 * What Postgres refuses of decisions about pairs: each is of two that are there, in order, said once; and it stays until it is taken
 * back, for good. And of imports: each that has ended has its time, and no other.
 */
export const REFUSED_IN_BULK: readonly (readonly [constraint: string, statement: string])[] = [
  ['duplicate_decisions_of_records', differing('people', `'${NOBODY}'`, ':person')],
  ['duplicate_decisions_of_records', differing('factions', ':person', ':voter')],
  ['duplicate_decisions_in_order', differing('people', ':voter', ':person')],
  ['duplicate_decisions_kind', differing('sources', ':source', ':withdrawn')],
  ['duplicate_decisions_pair_key', differing('people', ':person', ':twin')],
  [
    'duplicate_decisions_taken_back',
    `UPDATE duplicate_decisions SET taken_back_at = now() WHERE id = :different`,
  ],
  [
    'duplicate_decisions_taken_back',
    `UPDATE duplicate_decisions SET taken_back_at = '2022-12-28', taken_back_by = 'me' WHERE id = :different`,
  ],
  [
    'duplicate_decisions keeps what it holds: UPDATE refused',
    `UPDATE duplicate_decisions SET reason = 'another' WHERE id = :different`,
  ],
  [
    'duplicate_decisions keeps what it holds: DELETE refused',
    `DELETE FROM duplicate_decisions WHERE id = :different`,
  ],
  ['duplicate_decisions keeps what it holds: TRUNCATE refused', `TRUNCATE duplicate_decisions`],
  [
    'imports_ended',
    `INSERT INTO imports (state, format, scheme, title, dry_run, atomic, cites, actor)
     VALUES ('done', 'csv', 'popolo', 'A file', false, true, true, 'somebody')`,
  ],
  [
    'imports_ended',
    `INSERT INTO imports (ended_at, format, scheme, title, dry_run, atomic, cites, actor)
     VALUES (now(), 'csv', 'popolo', 'A file', false, true, true, 'somebody')`,
  ],
];

/** That two are two, the smaller id first. */
function differing(recordType: string, one: string, other: string): string {
  return `INSERT INTO duplicate_decisions (record_type, one_id, other_id, actor, decided_at)
    VALUES ('${recordType}', ${one}, ${other}, 'me', now())`;
}
