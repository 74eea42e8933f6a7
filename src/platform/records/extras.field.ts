import { ValidateBy } from 'class-validator';
import { field } from './field.decorators.js';

/** What a record holds beside its fields, by where it came from: `{ popolo: { gender: 'male' } }`. */
export type ExtrasOfRecord = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** How large the extras of one record may be: bytes of JSON. */
export const MOST_EXTRAS = 16_384;

const ORIGIN = '^[a-z][a-z0-9_-]{0,49}$';
const MOST_ORIGINS = 20;

/** What files tell of a record that has no field: an object for each origin, 16 KiB in all. */
export function Extras(description: string): PropertyDecorator {
  const schema = {
    type: 'object',
    propertyNames: { pattern: ORIGIN },
    additionalProperties: { type: 'object' },
    maxProperties: MOST_ORIGINS,
  };
  return field({ kind: 'extras', description, schema, fallback: {} }, { optional: true }, [
    ValidateBy({
      name: 'isExtras',
      validator: {
        validate: isExtras,
        defaultMessage: () =>
          `$property must hold at most ${String(MOST_ORIGINS)} objects, by where they come from (lower-case letters, digits, hyphens), and ${String(MOST_EXTRAS)} bytes in all`,
      },
    }),
  ]);
}

/**
 * Whether a value may be the extras of a record.
 *
 * @example
 * isExtras({ popolo: { gender: 'male' } }); // true
 * isExtras({ gender: 'male' }); // false: it does not say whence
 */
export function isExtras(value: unknown): boolean {
  if (!isObject(value)) return false;
  const origins = Object.entries(value);
  return (
    origins.length <= MOST_ORIGINS &&
    origins.every(([name, told]) => new RegExp(ORIGIN).test(name) && isObject(told)) &&
    Buffer.byteLength(JSON.stringify(value)) <= MOST_EXTRAS
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
