import type { RecordType } from '../../domain/vocabulary.js';
import type { LongRead, LongRow } from '../../platform/prisma/long.reads.js';
import { queryOf, type Query, type Reading } from '../../platform/records/reading.js';
import type { Definitions } from '../../platform/records/record.definition.js';
import { definitionOf } from '../../platform/records/references.db.js';
import type { Wanted } from './exports.db.js';

/** All that an export reads: one moment of the database, as one reading may see it. */
export class Moment {
  /** @param asOf the instant meant, ISO; null: whatever held or will hold */
  constructor(
    private readonly read: LongRead,
    private readonly reading: Reading,
    readonly definitions: Definitions,
    private readonly asOf: string | null,
  ) {}

  /** The rows of a query, some at a time. */
  pages<Row extends LongRow>(query: Query): AsyncGenerator<readonly Row[], undefined> {
    return this.read.pages<Row>(queryOf(this.reading, this.definitions, query));
  }

  /** How the records of a resource are asked for. */
  wanted(type: RecordType): Wanted {
    const definition = definitionOf(this.definitions, type);
    return { definition, definitions: this.definitions, asOf: this.asOf };
  }
}
