import { RuleViolation } from '../../domain/violation.js';
import { CONSTRAINTS, readDatabaseError } from '../../platform/errors/database.errors.js';
import { Problem, titleOf } from '../../platform/errors/problem.js';
import { columnsOf, type Field } from '../../platform/records/field.js';
import { isUuid } from '../../platform/http/text.js';
import { assertPeriods, textErrors, wholeBody } from '../../platform/records/record.body.js';
import { slugBaseOf } from '../../platform/records/record.changes.js';
import type { Definitions, RecordDefinition } from '../../platform/records/record.definition.js';
import { KEPT_FIELDS } from '../../platform/records/record.schema.js';
import { rowOf } from '../../platform/records/records.db.js';
import { definitionOf } from '../../platform/records/references.db.js';
import type { RecordType } from '../../domain/vocabulary.js';
import { unreadable } from './file.bytes.js';
import { isOurs, keyOf } from './file.ids.js';
import { ASIDES, type ReadRow, type RowProblem, type StagedRow } from './import.rows.js';

const MOST_PROBLEMS = 20;
const LONGEST_DETAIL = 500;

type Body = Readonly<Record<string, unknown>>;

/**
 * A row of a file as it waits to be applied: judged by itself, as a body that is sent, and turned into columns. Ids of the
 * file that are no UUIDs become some, the same everywhere.
 */
export async function stagedRow(
  definitions: Definitions,
  read: ReadRow,
  nth: number,
): Promise<StagedRow> {
  const key = read.key === null ? null : keyOf(read.key);
  const links = Object.fromEntries(
    Object.entries(read.links ?? {}).map(([name, id]) => [name, keyOf(id)]),
  );
  const common = { nth, line: read.line, kind: read.kind, key, links };
  if (isAside(read.kind)) {
    requireText(read);
    return { ...common, keepsKey: false, slugBase: null, patch: read.body, problems: [] };
  }
  const definition = definitionOf(definitions, read.kind);
  const { patch, problems } = await judged(definition, read);
  const keepsKey = read.key !== null && isOurs(read.key);
  return {
    ...common,
    keepsKey,
    slugBase: definition.hasSlug ? slugBaseOf(definition, patch) : null,
    patch,
    problems,
  };
}

/** The problems that an error of ours tells, the first twenty. Others are thrown on. */
export function problemsOf(error: unknown): readonly RowProblem[] {
  return allProblemsOf(error)
    .slice(0, MOST_PROBLEMS)
    .map(({ code, pointer, detail }) => ({
      code,
      pointer: pointer === null ? null : storable(pointer),
      detail: storable(detail),
    }));
}

/** What a constraint of the database refuses, in the API's words; null for another error. */
export function constraintProblem(error: unknown): RowProblem | null {
  const database = readDatabaseError(error);
  if (database?.kind !== 'constraint') return null;
  const [code, pointer = null] = CONSTRAINTS[database.name] ?? ['constraint_violated' as const];
  return { code, pointer, detail: titleOf(code) };
}

function allProblemsOf(error: unknown): readonly RowProblem[] {
  if (error instanceof RuleViolation)
    return [{ code: error.code, pointer: error.pointer ?? null, detail: error.detail }];
  if (!(error instanceof Problem)) throw error;
  const { code, detail, extra } = error;
  const errors = (extra['errors'] ?? []) as readonly { pointer: string; detail: string }[];
  return errors.length === 0
    ? [{ code, pointer: null, detail }]
    : errors.map((each) => ({ code, ...each }));
}

/** What a problem quotes may be anything. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '').slice(0, LONGEST_DETAIL);
}

function requireText({ body, line }: ReadRow): void {
  const [error] = textErrors(body, '');
  if (error) throw unreadable(storable(`${error.pointer}: ${error.detail}`), line);
}

function isAside(kind: string): kind is (typeof ASIDES)[number] {
  return (ASIDES as readonly string[]).includes(kind);
}

async function judged(
  definition: RecordDefinition,
  { body, problems = [] }: ReadRow,
): Promise<Pick<StagedRow, 'patch' | 'problems'>> {
  if (problems.length > 0) return { patch: {}, problems };
  try {
    const above = definition.fields.filter(({ fromPath }) => fromPath);
    const sent = Object.fromEntries(
      Object.entries(body)
        .filter(([name]) => !Object.hasOwn(KEPT_FIELDS, name))
        .map(([name, value]) => [name, withKeys(definition, name, value)]),
    );
    const own = Object.fromEntries(
      Object.entries(sent).filter(([name]) => !above.some((field) => field.name === name)),
    );
    const whole = { ...(await wholeBody(definition, own)), ...aboveIn(above, sent) };
    assertPeriods(definition, whole);
    const given = definition.fields.filter(({ name }) => name in sent);
    return { patch: columnsIn(definition, given, whole), problems: [] };
  } catch (error) {
    return { patch: {}, problems: problemsOf(error) };
  }
}

/** What is given, by column. A slug that is left out is none: the record keeps its own, or is given one. */
function columnsIn(definition: RecordDefinition, given: readonly Field[], whole: Body): Body {
  const row = rowOf({ ...definition, fields: given }, whole);
  return Object.fromEntries(
    Object.entries(row).filter(([column, value]) => column !== 'slug' || value !== null),
  );
}

function withKeys(definition: RecordDefinition, name: string, value: unknown): unknown {
  const field = definition.fields.find((each) => each.name === name);
  return field?.kind === 'reference' && typeof value === 'string' && value !== ''
    ? keyOf(value)
    : value;
}

/** What a record stands beneath, which over the API its path says. */
function aboveIn(above: readonly Field[], sent: Body): Body {
  return Object.fromEntries(
    above.map(({ name }) => {
      const id = sent[name];
      if (isUuid(id)) return [name, id.toLowerCase()];
      const errors = [{ pointer: `/${name}`, detail: `${name} must be an id` }];
      throw new Problem('validation_failed', 'One field is wrong.', { errors });
    }),
  );
}

/** What a new record of a kind holds where the file gives nothing, by column. */
export function fallbacksOf(definition: RecordDefinition): Body {
  return Object.fromEntries(
    definition.fields.flatMap((field) =>
      columnsOf(field).map((column) => [
        column,
        field.kind === 'oneReference' ? null : field.fallback,
      ]),
    ),
  );
}

/** In which order records are made: what is named comes before what names it. */
export const ORDER: readonly RecordType[] = [
  'sources',
  'factions',
  'people',
  'members',
  'mergers',
  'participants',
  'meetings',
  'motions',
  'mandates',
  'milestones',
  'stances',
  'transitions',
  'attendance',
  'vote-events',
  'votes',
  'predictions',
  'successions',
  'citations',
];
