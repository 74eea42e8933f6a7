/** Small words for writing the schemas of computed answers. Every property is there, always: null when there is nothing. */
import type { JsonSchema } from '../records/field.js';

export const ID: JsonSchema = { type: 'string', format: 'uuid' };
export const TEXT: JsonSchema = { type: 'string' };
export const WHOLE: JsonSchema = { type: 'integer', minimum: 0 };
export const FLAG: JsonSchema = { type: 'boolean' };

/** A partial date, as it was given. */
export const DATE: JsonSchema = {
  type: 'string',
  description: 'A date as it was given, whole or in part.',
};

/** An instant, ISO, UTC. */
export const INSTANT: JsonSchema = { type: 'string', format: 'date-time' };

/** The UTC day of a forecast. */
export const DAY: JsonSchema = { type: 'string', format: 'date' };

/** An object with these properties and no others. */
export function shape(
  properties: Readonly<Record<string, JsonSchema>>,
  description?: string,
): JsonSchema {
  const about = description === undefined ? {} : { description };
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
    ...about,
  };
}

/** A source as the answers that count sources name it. */
export const CITED_SOURCE: JsonSchema = shape({
  sourceId: ID,
  title: TEXT,
  publisher: orNull(TEXT),
  publishedOn: orNull(DATE),
});

/** A list of something. */
export function listOf(items: JsonSchema, description?: string): JsonSchema {
  return { type: 'array', items, ...(description === undefined ? {} : { description }) };
}

/** Something, or null. */
export function orNull(schema: JsonSchema, description?: string): JsonSchema {
  return {
    anyOf: [schema, { type: 'null' }],
    ...(description === undefined ? {} : { description }),
  };
}

/** One of some words. */
export function oneOf(words: readonly string[]): JsonSchema {
  return { type: 'string', enum: words };
}

/** A schema by its name in the document. */
export function named(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
