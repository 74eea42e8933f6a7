import 'reflect-metadata';
import type { RecordType } from '../../domain/vocabulary.js';

/** A JSON Schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a field holds: how it is stored, filtered and documented follows from this. */
export type FieldKind =
  | 'text'
  | 'slug'
  | 'word'
  | 'date'
  | 'whole'
  | 'flag'
  | 'reference'
  | 'references'
  | 'object'
  | 'list'
  | 'extras'
  | 'oneReference';

/** A field of a record's body, as its decorator declares it. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string;
  readonly schema: JsonSchema;
  /** May be left out or null; it then holds `fallback`. */
  readonly optional: boolean;
  readonly fallback: unknown;
  /** Set when the record is made, and never changed. */
  readonly fixed: boolean;
  /** Taken from the nested path, not from the body. */
  readonly fromPath: boolean;
  /** The kind of record that an id names; `recordType` when that field says it. */
  readonly target?: RecordType | 'recordType';
  /** For `oneReference`: the kind of record behind each of its keys. */
  readonly targets?: Readonly<Record<string, RecordType>>;
  /** The record named belongs to the same merger. */
  readonly sameMerger: boolean;
}

/** A class whose fields are declared by the decorators of `field.decorators.ts`. */
export type BodyClass<Body extends object> = new () => Body;

const FIELDS = 'accord:fields';

/** The fields that a class declares, in the order of declaration, then those of the class that it extends. */
export function fieldsOf(body: BodyClass<object>): readonly Field[] {
  const above: unknown = Object.getPrototypeOf(body);
  const inherited = isBodyClass(above) ? fieldsOf(above) : [];
  return [...declaredOn(body.prototype as object), ...inherited];
}

/** Adds a field to what its class declares. Called by the decorators. */
export function declareField(target: object, field: Field): void {
  Reflect.defineMetadata(FIELDS, [...declaredOn(target), field], target);
}

/** The column of a field: `occurredOn` is stored as `occurred_on`. */
export function columnOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The columns of a field: one, or one for each key of a `oneReference`. */
export function columnsOf(field: Field): readonly string[] {
  if (field.kind !== 'oneReference') return [columnOf(field.name)];
  return Object.keys(field.targets ?? {}).map((key) => columnOf(nestedName(field.name, key)));
}

/** The flat name of a nested key: `satisfiedBy` and `motionId` make `satisfiedByMotionId`. */
export function nestedName(field: string, key: string): string {
  return field + key.charAt(0).toUpperCase() + key.slice(1);
}

/** Of a class that extends nothing the prototype is Function's, which makes no objects. */
function isBodyClass(above: unknown): above is BodyClass<object> {
  return typeof above === 'function' && above.prototype !== undefined;
}

function declaredOn(target: object): readonly Field[] {
  const fields: unknown = Reflect.getOwnMetadata(FIELDS, target);
  return Array.isArray(fields) ? (fields as readonly Field[]) : [];
}
