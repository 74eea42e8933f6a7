import { loadFacts } from '../../src/features/facts/facts.db.js';
import { people } from '../../src/features/people/people.resource.js';
import { votes } from '../../src/features/votes/votes.resource.js';
import { resources } from '../../src/features/resources.js';
import type { Read } from '../../src/platform/prisma/database.js';
import { queryOf, type Reading } from '../../src/platform/records/reading.js';
import { findRecord, listRecords } from '../../src/platform/records/records.db.js';
import { readListQuery } from '../../src/platform/records/records.query.js';

/** What was asked of the database. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What each of the reads asks. */
export type Statements = Readonly<Record<'record' | 'list' | 'status', Statement>>;

const PUBLIC: Reading = { view: 'public', instant: null, knownAt: null };
/** Whose id it is makes no difference to the statement. */
const ANYBODY = '00000000-0000-7000-8000-000000000000';

const DEFINITIONS = new Map(resources.map((definition) => [definition.type, definition]));

/** The statements with which Accord answers, caught from its own code: they cannot drift from what it runs. */
export async function catchStatements(merger: string): Promise<Statements> {
  const page = readListQuery(votes, { limit: '50' }, '');
  return {
    record: await caught((read) => findRecord(read, people, ANYBODY)),
    list: await caught((read) => listRecords(read, votes, page, null)),
    status: await caught((read) => loadFacts(read, merger)),
  };
}

/** Asks as the service does for a reader, of a database that answers nothing and remembers what it was asked. */
async function caught(ask: (read: Read) => Promise<unknown>): Promise<Statement> {
  const asked: Statement[] = [];
  await ask((text, values) => {
    asked.push(queryOf(PUBLIC, DEFINITIONS, { text, values }));
    return Promise.resolve([]);
  });
  const [statement] = asked;
  if (!statement) throw new Error('Nothing was asked of the database.');
  return statement;
}
