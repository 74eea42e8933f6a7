import type { RecordType } from '../../domain/vocabulary.js';
import { columnsOf } from '../../platform/records/field.js';
import type { Definitions, RecordDefinition } from '../../platform/records/record.definition.js';

/**
 * The resources in an order in which each comes after those that its records name; what may name any record comes last.
 */
export function inOrder(definitions: Definitions): readonly RecordDefinition[] {
  const placed = new Set<RecordDefinition>();
  const begun = new Set<RecordDefinition>();
  const place = (definition: RecordDefinition): void => {
    if (begun.has(definition)) return;
    begun.add(definition);
    for (const type of namedBy(definition, definitions)) {
      const named = definitions.get(type);
      if (named) place(named);
    }
    placed.add(definition);
  };
  for (const definition of definitions.values()) place(definition);
  return [...placed];
}

/** A column by which records of a resource name others of the same one. */
export interface OwnReference {
  readonly column: string;
  readonly isList: boolean;
  /** Whether it may name other kinds as well, by the column `record_type`. */
  readonly isAny: boolean;
}

/** How records of a resource name others of it: parents, derivations, dependencies. */
export function ownReferences({ type, fields }: RecordDefinition): readonly OwnReference[] {
  return fields
    .filter(({ target }) => target === type || target === 'recordType')
    .flatMap((field) =>
      columnsOf(field).map((column) => ({
        column,
        isList: field.kind === 'references',
        isAny: field.target === 'recordType',
      })),
    );
}

function namedBy(definition: RecordDefinition, definitions: Definitions): readonly RecordType[] {
  return definition.fields.flatMap(({ target, targets = {} }) => {
    if (target === 'recordType') return [...definitions.keys()];
    return [...(target === undefined ? [] : [target]), ...Object.values(targets)];
  });
}
