import { instantMeant, isPartialDate } from '../../domain/dates.js';
import { QueryReader, type Parameters } from '../http/query.reader.js';
import { decodeCursor, type Position } from './cursor.js';
import { isUuid } from '../http/text.js';
import { nestedName, type Field } from './field.js';
import { isSearchable, type RecordDefinition } from './record.definition.js';

/** A condition of a list: one of some values, or a span of time that the field's span overlaps; an open end is null. */
export type Filter =
  | { readonly field: Field; readonly oneOf: readonly string[] }
  | { readonly field: Field; readonly from: string | null; readonly until: string | null };

/** What a list is sorted by: an instant of its keeping, its name, its main date, or how well it matches `q`. */
export type Sort = 'createdAt' | 'updatedAt' | 'name' | 'date' | 'match';

/** What a list is asked for. */
export interface ListQuery {
  readonly filters: readonly Filter[];
  readonly sort: Sort;
  readonly descending: boolean;
  /** The instant meant, in ISO form. */
  readonly asOf: string | null;
  readonly q: string | null;
  readonly limit: number;
  readonly after: Position | null;
  /** What the list is, without limit and cursor: a cursor belongs to one. */
  readonly list: string;
}

/** The record's own id filters as any other: a dashboard asks for the ten that it shows. */
const OWN_ID: Field = {
  name: 'id',
  kind: 'reference',
  description: 'Its own id.',
  schema: { type: 'string', format: 'uuid' },
  optional: false,
  fallback: null,
  fixed: true,
  fromPath: false,
  sameMerger: false,
};

/** The fields that filter a list: every id, every closed vocabulary, every date, every flag and every whole number. */
export function filterFields(definition: RecordDefinition): readonly Field[] {
  const kinds = new Set(['reference', 'references', 'word', 'date', 'flag', 'whole', 'slug']);
  const above = definition.nestedIn?.field;
  const own = definition.fields.filter((field) => field.name !== above);
  return [OWN_ID, ...own.flatMap(idsWithin).filter((field) => kinds.has(field.kind))];
}

/** The ids of an object of ids, each a field of its own: `satisfiedBy.motionId` filters as `satisfiedByMotionId`. */
function idsWithin(field: Field): readonly Field[] {
  if (field.kind !== 'oneReference') return [field];
  return Object.keys(field.targets ?? {}).map((key) => ({
    ...OWN_ID,
    name: nestedName(field.name, key),
    description: field.description,
  }));
}

/** The words that `sort` takes; a leading hyphen turns the order round. */
export function sortNames(definition: RecordDefinition): readonly string[] {
  const names = ['createdAt', 'updatedAt', definition.nameField, definition.dateField];
  return names.filter((name) => name !== undefined);
}

/**
 * Reads the query of a list.
 *
 * @param within the id of the record above, for a nested list
 * @throws Problem `validation_failed` with each bad parameter, `invalid_cursor`
 */
export function readListQuery(
  definition: RecordDefinition,
  query: Parameters,
  within: string,
): ListQuery {
  const reader = new QueryReader(query);
  const { limit, cursor } = reader.takePaging();
  const list = `${definition.type} ${within} ${reader.rest}`;
  const q = isSearchable(definition) ? readSearch(reader) : null;
  const sort = readSort(definition, reader, q !== null);
  const asOf = definition.span ? reader.takeDate('asOf') : null;
  const filters = filterFields(definition).flatMap((field) => readFilter(field, reader));
  reader.finish();
  return {
    filters,
    ...sort,
    asOf: asOf === null ? null : new Date(instantMeant(asOf)).toISOString(),
    q,
    limit,
    after: cursor === null ? null : decodeCursor(cursor, list),
    list,
  };
}

function readSearch(reader: QueryReader): string | null {
  const q = reader.take('q');
  if (q?.trim() === '') reader.refuse('q', 'must not be blank');
  return q;
}

function readSort(
  definition: RecordDefinition,
  reader: QueryReader,
  searched: boolean,
): { readonly sort: Sort; readonly descending: boolean } {
  const text = reader.take('sort');
  if (text === null)
    return searched
      ? { sort: 'match', descending: true }
      : { sort: 'createdAt', descending: false };
  const descending = text.startsWith('-');
  const name = descending ? text.slice(1) : text;
  const names = sortNames(definition);
  if (!names.includes(name))
    reader.refuse('sort', `must be one of ${names.join(', ')}; a hyphen before it turns it round`);
  if (name === definition.nameField) return { sort: 'name', descending };
  if (name === definition.dateField) return { sort: 'date', descending };
  return { sort: name === 'updatedAt' ? 'updatedAt' : 'createdAt', descending };
}

function readFilter(field: Field, reader: QueryReader): Filter[] {
  if (field.kind === 'date') return readDateFilter(field, reader);
  const oneOf = reader.takeAll(field.name).flatMap((text) => text.split(','));
  if (oneOf.length === 0) return [];
  if (!oneOf.every((text) => isValueOf(field, text))) reader.refuse(field.name, expectation(field));
  return [{ field, oneOf }];
}

/** `2022-12`, or a range `2022-12..2023-01` of which one end may be open. */
function readDateFilter(field: Field, reader: QueryReader): Filter[] {
  const text = reader.take(field.name);
  if (text === null) return [];
  const parts = text.split('..');
  const [from = '', until = from] = parts;
  const isSound =
    parts.length <= 2 &&
    [from, until].some((part) => part !== '') &&
    [from, until].every(isOpenOrDate);
  if (!isSound)
    reader.refuse(field.name, 'must be a date that exists, or two with .. between them');
  return [{ field, from: from === '' ? null : from, until: until === '' ? null : until }];
}

function isOpenOrDate(text: string): boolean {
  return text === '' || isPartialDate(text);
}

function isValueOf(field: Field, text: string): boolean {
  if (field.kind === 'flag') return text === 'true' || text === 'false';
  if (field.kind === 'slug') return text !== '';
  if (field.kind === 'whole') return /^\d{1,9}$/.test(text);
  const words: unknown = field.schema['enum'];
  return Array.isArray(words) ? words.includes(text) : isUuid(text);
}

function expectation(field: Field): string {
  if (field.kind === 'flag') return 'must be true or false';
  if (field.kind === 'slug') return 'must not be empty';
  if (field.kind === 'whole') return 'must be a whole number';
  const words: unknown = field.schema['enum'];
  return Array.isArray(words) ? `must be one of ${words.join(', ')}` : 'must be an id';
}
