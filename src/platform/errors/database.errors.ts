import { Prisma } from '../../generated/prisma/client.js';
import type { ViolationCode } from '../../domain/violation.js';
import type { ProblemCode } from './problem.js';

/** What a constraint of the database is called in the API, and the field to blame. */
export const CONSTRAINTS: Readonly<
  Record<string, readonly [ProblemCode | ViolationCode, string?]>
> = {
  factions_slug_key: ['slug_taken', '/slug'],
  people_slug_key: ['slug_taken', '/slug'],
  mergers_slug_key: ['slug_taken', '/slug'],
  participants_merger_faction_key: ['participant_exists', '/factionId'],
  participants_merger_person_key: ['participant_exists', '/personId'],
  milestones_one_announcement: ['announcement_exists', '/classification'],
  attendance_meeting_person_key: ['attendance_exists', '/personId'],
  successions_merger_key: ['succession_exists'],
  votes_person_date_key: ['vote_on_equal_date', '/castOn'],
  members_no_overlap: ['membership_overlaps', '/startDate'],
  factions_no_cycle: ['cycle', '/parentId'],
  sources_no_cycle: ['cycle', '/derivedFromId'],
  merged_stays_retracted: ['still_merged'],
  merged_into_stays: ['still_merged'],
  milestones_no_cycle: ['cycle', '/dependsOn'],
};

/** What went wrong in the database: a constraint refused, it is away or overloaded, a value is none, or something else. */
export type DatabaseError =
  | { readonly kind: 'constraint'; readonly name: string }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'unknown' };

const UNAVAILABLE: DatabaseError = { kind: 'unavailable' };
const UNKNOWN: DatabaseError = { kind: 'unknown' };

// SQLSTATE classes: connection, resources, operator intervention, conflicts that lasted, login refused; 3D000 no such
// database, 55P03 lock timeout, 25P0x idle.
const AWAY_STATE = /^(08|28|3D000|53|57|40|55P03|25P0[34])/;
// A constraint refused.
const REFUSED_CLASS = '23';
// A value that is none of its type: all are validated before, but for a cursor that somebody forged.
const INVALID_CLASS = '22';
const AWAY_SYSTEM = /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|ENOENT)/;
const AWAY_PRISMA = /^P(1000|1001|1002|1003|1008|1010|1017|2024|2028|2034|2037)$/;
// Pool exhaustion, a killed backend and a lost socket come as a plain Error without a code.
const AWAY_TEXT =
  /connect|terminat|timeout|timed out|closed|Unable to start a transaction|Transaction (API error|not found)|socket/i;

// What the adapter calls it when the connection or the server is gone, or another transaction won again and again.
const AWAY_KINDS: ReadonlySet<unknown> = new Set([
  'AuthenticationFailed',
  'ConnectionClosed',
  'DatabaseAccessDenied',
  'DatabaseDoesNotExist',
  'DatabaseNotReachable',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
  'TransactionWriteConflict',
]);

/** Reads an error of Prisma, its adapter or pg; null when it is none of theirs. */
export function readDatabaseError(error: unknown): DatabaseError | null {
  if (error instanceof Prisma.PrismaClientInitializationError) return UNAVAILABLE;
  if (error instanceof Prisma.PrismaClientKnownRequestError) return readKnown(error);
  if (error instanceof Prisma.PrismaClientUnknownRequestError) return readText(error.message);
  if (!isError(error)) return null;
  if (error.name === 'DriverAdapterError') return readCause(error.cause ?? error.message);
  return readPlain(error);
}

/** Also an error of Node's own, where it runs us in a context apart (Jest does). */
function isError(error: unknown): error is Error {
  return error instanceof Error || Object.prototype.toString.call(error) === '[object Error]';
}

/** An error of pg, which has what Postgres said, or of Node. */
function readPlain(error: Error & Facts): DatabaseError | null {
  const code = typeof error.code === 'string' ? error.code : '';
  if (code.startsWith(REFUSED_CLASS)) return readRefusal(error);
  if (AWAY_STATE.test(code) || AWAY_SYSTEM.test(code)) return UNAVAILABLE;
  if (code.startsWith(INVALID_CLASS)) return { kind: 'invalid' };
  return code === '' && error.name === 'Error' && AWAY_TEXT.test(error.message)
    ? UNAVAILABLE
    : null;
}

/** A trigger of ours names no constraint, but says what it refuses in the words of a check. */
function readRefusal({ constraint, message }: Error & Facts): DatabaseError {
  if (typeof constraint === 'string') return { kind: 'constraint', name: constraint };
  const [, name] = /constraint "([^"]+)"/.exec(message) ?? [];
  return name === undefined ? UNKNOWN : { kind: 'constraint', name };
}

function readKnown(error: Prisma.PrismaClientKnownRequestError): DatabaseError {
  if (AWAY_PRISMA.test(error.code)) return UNAVAILABLE;
  const adapter: unknown = error.meta?.['driverAdapterError'];
  return readCause(adapter instanceof Error ? (adapter.cause ?? adapter.message) : error.message);
}

/** The adapter's words for an error of Postgres. */
function readCause(cause: unknown): DatabaseError {
  const facts = Object(typeof cause === 'object' ? cause : { message: cause }) as Facts;
  const texts = [facts.message, facts.originalMessage]
    .filter((each) => typeof each === 'string')
    .join(' ');
  const states = [facts.code, facts.originalCode].filter((each) => typeof each === 'string');
  if (states.some((state) => AWAY_STATE.test(state)) || AWAY_KINDS.has(facts.kind))
    return UNAVAILABLE;
  return readText(texts);
}

interface Facts {
  readonly kind?: unknown;
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly message?: unknown;
  readonly originalMessage?: unknown;
  readonly constraint?: unknown;
}

function readText(text: string): DatabaseError {
  return AWAY_TEXT.test(text) ? UNAVAILABLE : UNKNOWN;
}
