import { INSTANT } from '../http/schemas.js';
import { fieldsOf, type BodyClass, type Field, type JsonSchema } from './field.js';

/** What every record has beside its fields; nobody sets these by hand. */
export const KEPT_FIELDS: Readonly<Record<string, JsonSchema>> = {
  id: { type: 'string', format: 'uuid', description: 'UUIDv7; grows with time.' },
  version: { type: 'integer', minimum: 1, description: 'Grows by one with each change.' },
  retractedAt: {
    ...INSTANT,
    type: ['string', 'null'],
    description:
      'When the record was retracted. Always null in a record that is shown, since a retracted one answers 410.',
  },
  createdAt: { ...INSTANT, description: 'When the record was recorded.' },
  updatedAt: { ...INSTANT, description: 'When the record was last changed.' },
};

/** The schema of a nested object: its fields, no others. */
export function schemaOf(shape: BodyClass<object>): JsonSchema {
  return writable(fieldsOf(shape));
}

/** The schemas of a record: as it is made, patched and shown. */
export function recordSchemas(
  body: BodyClass<object>,
): Readonly<Record<'create' | 'patch' | 'view', JsonSchema>> {
  const fields = fieldsOf(body);
  const own = fields.filter((field) => !field.fromPath);
  const { id, ...kept } = KEPT_FIELDS;
  return {
    create: writable(own),
    patch: { ...writable(own), required: [] },
    view: {
      type: 'object',
      additionalProperties: false,
      properties: {
        id,
        ...Object.fromEntries(fields.map((field) => [field.name, shown(field)])),
        ...kept,
      },
      required: ['id', ...fields.map((field) => field.name), ...Object.keys(kept)],
    },
  };
}

function writable(fields: readonly Field[]): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(fields.map((field) => [field.name, taken(field)])),
    required: fields.filter((field) => !field.optional).map((field) => field.name),
  };
}

/** A field as it is taken: null is the same as left out. */
function taken(field: Field): JsonSchema {
  return described(field, field.optional ? nullable(field.schema) : field.schema);
}

/** A field as it is shown: always there, null when there is nothing. */
function shown(field: Field): JsonSchema {
  return described(
    field,
    field.optional && field.fallback === null ? nullable(field.schema) : field.schema,
  );
}

function described(field: Field, schema: JsonSchema): JsonSchema {
  const fallback = field.fallback === null ? {} : { default: field.fallback };
  return { ...schema, description: field.description, ...fallback };
}

function nullable(schema: JsonSchema): JsonSchema {
  const words: unknown = schema['enum'];
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(words) ? { enum: [...(words as readonly unknown[]), null] } : {}),
  };
}
