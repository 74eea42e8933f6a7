import { Inject, Injectable } from '@nestjs/common';
import type { RecordType } from '../../domain/vocabulary.js';
import type { View } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import { LongReads, type LongRead, type LongRow } from '../../platform/prisma/long.reads.js';
import { queryOf, type Query, type Reading } from '../../platform/records/reading.js';
import { DEFINITIONS, type Definitions } from '../../platform/records/record.definition.js';
import { definitionOf } from '../../platform/records/references.db.js';
import { Head } from '../../platform/snapshots/head.js';
import type { ExportAsked } from './export.query.js';
import { instantOf, type Wanted } from './exports.db.js';

/** Begins what exports read. */
@Injectable()
export class Moments {
  constructor(
    private readonly longReads: LongReads,
    private readonly head: Head,
    private readonly clock: Clock,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /**
   * Begins a moment: now. It is to be ended, whatever happens.
   *
   * @throws Problem `unavailable`
   */
  async begin({ asOf, knownAt }: ExportAsked, view: View): Promise<Moment> {
    if (this.head.isAway()) throw new Problem('unavailable', 'The database gives no answer.');
    const read = await this.longReads.begin();
    try {
      const instant = this.clock.instant() ?? (await instantOf(read.read));
      return new Moment(read, { view, instant, knownAt }, this.definitions, asOf);
    } catch (error) {
      await read.end();
      throw error;
    }
  }
}

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

  /** Ends it; what is still being read is broken off. */
  end(): Promise<void> {
    return this.read.end();
  }
}
