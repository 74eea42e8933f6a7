import { Inject, Injectable } from '@nestjs/common';
import type { View } from '../auth/caller.js';
import { Clock } from '../clock/clock.js';
import { Database, type Read } from '../prisma/database.js';
import { queryOf, type Reading } from './reading.js';
import { DEFINITIONS, type Definitions } from './record.definition.js';

/** Reads records as a reading may see them. */
@Injectable()
export class Readings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /** A reading of one statement: judged at that statement's instant. */
  now(view: View, knownAt: string | null = null): Reading {
    return { view, instant: this.clock.instant(), knownAt };
  }

  /** A reading of several statements: the database's instant is read once, and all of them are judged by it. */
  async begin(view: View, knownAt: string | null = null): Promise<Reading> {
    const fixed = this.clock.instant();
    if (fixed !== null) return { view, instant: fixed, knownAt };
    const [row] = await this.database.read<{ instant: string }>(
      'SELECT statement_timestamp()::text AS instant',
      [],
    );
    return { view, instant: row?.instant ?? null, knownAt };
  }

  /** Runs queries in a reading. See `reading.ts` for what they may name. */
  of(reading: Reading): Read {
    return (text, values) => {
      const query = queryOf(reading, this.definitions, { text, values });
      return this.database.read(query.text, query.values);
    };
  }

  /** The same for the large statement that reads the facts of mergers: of today's records it is planned once. */
  facts(reading: Reading): Read {
    if (reading.knownAt !== null) return this.of(reading);
    return (text, values) => {
      const query = queryOf(reading, this.definitions, { text, values });
      return this.database.readPlanned(query.text, query.values);
    };
  }
}
