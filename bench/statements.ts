import { loadFacts } from '../src/features/facts/facts.db.js';
import { people } from '../src/features/people/people.resource.js';
import { votes } from '../src/features/votes/votes.resource.js';
import { Database, type Read } from '../src/platform/prisma/database.js';
import { findRecord, listRecords } from '../src/platform/records/records.db.js';
import { readListQuery } from '../src/platform/records/records.query.js';

/** What was asked of the database. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What each of the reads asks. */
export type Statements = Readonly<Record<'record' | 'list' | 'status', Statement>>;

/** The statements with which Accord answers, caught from its own code: they cannot drift from what it runs. */
export async function catchStatements(personId: string, merger: string): Promise<Statements> {
  const page = readListQuery(votes, { limit: '50' }, '');
  return {
    record: await caught((database) => findRecord(database, people, personId)),
    list: await caught((database) => listRecords(database, votes, page, null)),
    status: await caught((database) => loadFacts(database.read, merger)),
  };
}

/** A database that answers nothing and remembers what it was asked. It never connects. */
class Catcher extends Database {
  asked: Statement | undefined;

  override readonly read: Read = (text, values) => {
    this.asked = { text, values };
    return Promise.resolve([]);
  };
}

async function caught(ask: (database: Database) => Promise<unknown>): Promise<Statement> {
  const database = new Catcher('postgresql://127.0.0.1/nowhere');
  await ask(database);
  if (!database.asked) throw new Error('Nothing was asked of the database.');
  return database.asked;
}
