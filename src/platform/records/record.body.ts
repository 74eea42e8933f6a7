import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { endsBeforeItStarts } from '../../domain/dates.js';
import { RuleViolation } from '../../domain/violation.js';
import { invalid, type FieldError } from '../errors/problem.js';
import { isStorable } from '../http/text.js';
import type { BodyClass, Field } from './field.js';
import type { RecordDefinition } from './record.definition.js';
import { KEPT_FIELDS } from './record.schema.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * The whole body of a record, from what was sent: every field is there, null or its fallback when it was left out. What no
 * field can answer alone is not asked yet.
 *
 * @throws Problem `validation_failed` with a pointer to every bad field
 */
export async function wholeBody(definition: RecordDefinition, sent: unknown): Promise<Json> {
  const readOnly = Object.keys(requireObject(sent)).filter((name) => isReadOnly(definition, name));
  refuseFields(readOnly, 'is read-only');
  const body: Json = { ...(await bodyOf(definition.body, sent)) };
  const whole: Record<string, unknown> = {};
  for (const field of definition.fields) {
    if (!field.fromPath)
      whole[field.name] = withLowerIds(field, body[field.name] ?? field.fallback);
  }
  return whole;
}

/**
 * What was sent, once it has the shape of a class.
 *
 * @throws Problem `validation_failed` with a pointer to every bad field
 */
export async function bodyOf<Body extends object>(
  shape: BodyClass<Body>,
  sent: unknown,
): Promise<Body> {
  const texts = textErrors(sent, '');
  // What is called constructor would be called by what makes an instance.
  if (texts.some(({ pointer }) => pointer.endsWith('/constructor'))) throw invalid(texts);
  const body = plainToInstance(shape, requireObject(sent));
  const errors = [...texts, ...(await fieldErrors(body))];
  if (errors.length > 0) throw invalid(errors);
  return body;
}

/**
 * The body of a record after a patch; what a patch does not touch stays. What no field can answer alone is not asked
 * yet.
 *
 * @param seen the record as the writer saw it: what the patch touches is merged into that
 * @throws Problem `validation_failed`, also for a field that is fixed
 */
export async function patchedBody(
  definition: RecordDefinition,
  current: Json,
  sent: unknown,
  seen: Json = current,
): Promise<Json> {
  const patch = requireObject(sent);
  const fixed = definition.fields.filter(
    (field) =>
      field.fixed &&
      field.name in patch &&
      withLowerIds(field, patch[field.name]) !== current[field.name],
  );
  refuseFields(
    fixed.map(({ name }) => name),
    'is read-only: it is set when the record is made',
  );
  // The null of a field that nobody can set would vanish in the merge.
  const strange = Object.keys(patch).filter(
    (name) => !definition.fields.some((field) => field.name === name),
  );
  const [readOnly, unknown] = [true, false].map((kept) =>
    strange.filter((name) => isReadOnly(definition, name) === kept),
  );
  refuseFields(readOnly ?? [], 'is read-only');
  refuseFields(unknown ?? [], 'is not a field');
  const kept = Object.fromEntries(
    definition.fields
      .filter(({ fromPath }) => !fromPath)
      .map(({ name }) => [name, (name in patch ? seen : current)[name]]),
  );
  const fixedFromPath = new Set(
    definition.fields.filter(({ fromPath }) => fromPath).map(({ name }) => name),
  );
  const own = Object.fromEntries(
    Object.entries(patch).filter(([name]) => !fixedFromPath.has(name)),
  );
  return { ...current, ...(await wholeBody(definition, mergePatch(kept, own))) };
}

/**
 * Asks that a body holds nothing: there is none, or an empty one.
 *
 * @throws Problem `validation_failed`
 */
export function requireNoFields(sent: unknown): void {
  if (sent !== undefined) refuseFields(Object.keys(requireObject(sent)), 'is not a field');
}

/** Asks that no period of a body ends before it starts. */
export function assertPeriods(definition: RecordDefinition, body: Json): void {
  for (const [start, end] of definition.periods ?? []) assertPeriod(body, [start, end], '');
  for (const { name } of definition.fields) {
    const list = body[name];
    if (!Array.isArray(list)) continue;
    list.forEach((each: unknown, at) => {
      if (isObject(each)) assertPeriod(each, ['startDate', 'endDate'], `/${name}/${String(at)}`);
    });
  }
}

/**
 * A merge patch applied (RFC 7396): a null removes, an object is merged, anything else replaces.
 *
 * @example
 * mergePatch({ a: 1, b: { c: 1, d: 2 } }, { a: null, b: { c: 3 } }); // { b: { c: 3, d: 2 } }
 */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    const result = value === null ? undefined : mergePatch(merged[name], value);
    if (result === undefined) Reflect.deleteProperty(merged, name);
    else
      Object.defineProperty(merged, name, {
        value: result,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return merged;
}

/**
 * The errors of texts that Postgres or JSON cannot hold (NUL and lone surrogates, in values and in names), and of names that
 * every object of JavaScript has, which would pass for known fields.
 */
export function textErrors(value: unknown, pointer: string): FieldError[] {
  if (typeof value === 'string')
    return isStorable(value) ? [] : [{ pointer, detail: 'the text holds NUL or half a character' }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (!isStorable(name))
      return [{ pointer, detail: 'a field’s name holds NUL or half a character' }];
    const own = `${pointer}/${escapePointer(name)}`;
    if (name in Object.prototype) return [{ pointer: own, detail: `${name} is not a field` }];
    return textErrors(inner, own);
  });
}

function isReadOnly(definition: RecordDefinition, name: string): boolean {
  return (
    Object.hasOwn(KEPT_FIELDS, name) ||
    definition.fields.some((field) => field.name === name && field.fromPath)
  );
}

function refuseFields(names: readonly string[], why: string): void {
  if (names.length === 0) return;
  throw invalid(
    names.map((name) => ({ pointer: `/${escapePointer(name)}`, detail: `${name} ${why}` })),
  );
}

/** Ids are compared as texts by the rules, so they are in lower case, as Postgres writes them. */
function withLowerIds({ kind }: Field, value: unknown): unknown {
  if (kind === 'reference') return lower(value);
  if (kind === 'references') return Array.isArray(value) ? value.map(lower) : value;
  if (kind !== 'oneReference' || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, id]) => [key, lower(id)]));
}

function lower(id: unknown): unknown {
  return typeof id === 'string' ? id.toLowerCase() : id;
}

function assertPeriod(dates: Json, [start, end]: readonly [string, string], above: string): void {
  const [from, to] = [dates[start], dates[end]];
  if (typeof from !== 'string' || typeof to !== 'string' || !endsBeforeItStarts(from, to)) return;
  const detail = `${end} (${to}) lies before ${start} (${from}).`;
  throw new RuleViolation('end_before_start', detail, `${above}/${end}`);
}

async function fieldErrors(body: object): Promise<FieldError[]> {
  const errors = await validate(body, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  return errors.flatMap((error) => flatten(error, ''));
}

function flatten(error: ValidationError, above: string): FieldError[] {
  const pointer = `${above}/${escapePointer(error.property)}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => ({
    pointer,
    detail: constraint === 'whitelistValidation' ? `${error.property} is not a field` : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, pointer))];
}

function requireObject(sent: unknown): Json {
  if (isObject(sent)) return sent;
  throw invalid([{ pointer: '', detail: 'the body must be a JSON object' }]);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
