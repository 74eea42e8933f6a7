import type { RecordDefinition } from '../../src/platform/records/record.definition.js';
import type { TestApp } from './app.js';
import type { Fields } from './factories.js';

interface Schema {
  readonly type?: unknown;
  readonly enum?: unknown;
  readonly format?: unknown;
  readonly examples?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The body with a word in place of every text: of names, notes, addresses and slugs, within lists and objects too. */
export function withWord(definition: RecordDefinition, body: Fields, word: string): Fields {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const field = definition.fields.find((each) => each.name === name);
      return [name, field ? marked(field.schema, value, word) : value];
    }),
  );
}

function marked(schema: Schema, value: unknown, word: string): unknown {
  if (Array.isArray(value)) return value.map((each) => marked(schema.items ?? {}, each, word));
  if (typeof value === 'object' && value !== null) {
    const own = schema.properties ?? {};
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, marked(own[name] ?? {}, each, word)]),
    );
  }
  // A closed vocabulary, an id and a date are no texts; only a date has examples.
  const isText = typeof value === 'string' && !schema.enum && !schema.examples;
  if (!isText || schema.format === 'uuid') return value;
  return schema.format === 'iri' ? `https://example.org/${word}` : word;
}

/** The columns of all tables, whatever their type, that hold a text somewhere; letter case does not count. */
export async function columnsHolding(accord: TestApp, text: string): Promise<readonly string[]> {
  const columns = await accord.database.read<{ table: string; column: string }>(
    `SELECT tables.relname AS table, columns.attname AS column
     FROM pg_class AS tables JOIN pg_attribute AS columns ON columns.attrelid = tables.oid
     WHERE tables.relkind IN ('r', 'p') AND tables.relnamespace = 'public'::regnamespace
       AND columns.attnum > 0 AND NOT columns.attisdropped`,
    [],
  );
  const counts = columns.map(
    ({ table, column }) =>
      `SELECT '${table}.${column}' AS place WHERE EXISTS (
         SELECT FROM "${table}" AS stored WHERE strpos(lower(stored."${column}"::text), lower($1)) > 0)`,
  );
  const found = await accord.database.read<{ place: string }>(counts.join(' UNION ALL '), [text]);
  return found.map(({ place }) => place).toSorted();
}
