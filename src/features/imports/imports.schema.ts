import { RECORD_TYPES } from '../../domain/vocabulary.js';
import {
  FLAG,
  ID,
  INSTANT,
  TEXT,
  WHOLE,
  listOf,
  named,
  oneOf,
  orNull,
  shape,
} from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';
import { IMPORT_FORMATS, IMPORT_STATES, OUTCOMES } from './import.rows.js';

const PROBLEM = shape(
  { code: TEXT, pointer: orNull(TEXT, 'The field to blame.'), detail: TEXT },
  'What is wrong, by the codes of all problems.',
);

/** The schemas of imports, by the names that their routes use. */
export const importSchemas: Readonly<Record<string, JsonSchema>> = {
  ImportProblem: PROBLEM,
  Import: shape(
    {
      id: ID,
      state: {
        ...oneOf(IMPORT_STATES),
        description:
          '`staged`: the file is coming, or here; `applying`; `done`; `refused`: rows are wrong, and nothing was stored; `failed`: it came to no end, and nothing was stored.',
      },
      format: oneOf(IMPORT_FORMATS),
      resource: orNull(oneOf(RECORD_TYPES), 'Of a CSV: the kind of record in it.'),
      title: TEXT,
      dryRun: FLAG,
      atomic: FLAG,
      sourceId: orNull(ID, 'The source that is cited.'),
      rows: shape(
        { total: WHOLE, create: WHOLE, update: WHOLE, unchanged: WHOLE, refused: WHOLE },
        'How many rows there are, and, once it has ended, what became of them.',
      ),
      applied: { ...WHOLE, description: 'How many rows are written so far, and in the end.' },
      problem: orNull(named('ImportProblem'), 'Why it was refused or failed.'),
      startedAt: INSTANT,
      endedAt: orNull(INSTANT),
    },
    'A file that was sent to be imported.',
  ),
  ImportRow: shape(
    {
      line: { type: 'integer', minimum: 1, description: 'Where it stands in the file.' },
      recordType: oneOf(RECORD_TYPES),
      outcome: oneOf(OUTCOMES),
      recordId: orNull(ID, 'The record; of a dry run, a new one has none yet.'),
      fields: listOf(TEXT, 'Of an update: the fields that change.'),
      problems: listOf(named('ImportProblem')),
      near: listOf(
        shape({ id: ID, name: TEXT, score: { type: 'number' } }),
        'Of a dry run: records that have names like those of a new one, the nearest first. Looked for are five names each of the first thousand new people, and factions.',
      ),
    },
    'What became of a row of a file.',
  ),
  ImportList: pageOf(named('Import')),
  ImportRowList: pageOf(named('ImportRow')),
};
