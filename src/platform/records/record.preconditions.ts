import type { Transaction } from '../prisma/transaction.js';
import type { Author } from '../auth/caller.js';
import { Problem } from '../errors/problem.js';
import type { Precondition } from '../http/etag.js';
import {
  bodyAtVersion,
  changedSince,
  retractionOf,
  type ChangedField,
  type PastBody,
} from '../ledger/revisions.db.js';
import type { Read } from '../prisma/database.js';
import type { RecordDefinition } from './record.definition.js';
import { rowOf } from './records.db.js';
import { replacementOf } from './replacement.db.js';
import type { StoredRecord } from './stored.record.js';

type Body = Readonly<Record<string, unknown>>;

/** The record, or the refusal that an absent one is answered with. */
export function requireFound(
  definition: RecordDefinition,
  record: StoredRecord | undefined,
): StoredRecord {
  if (record) return record;
  throw new Problem('not_found', `There is no such record in /${definition.type}.`);
}

/**
 * The record itself, or the refusal that an absent or a retracted one is answered with. A record that was merged into one
 * that the reading may not see is absent.
 */
export async function requireLive(
  read: Read,
  definition: RecordDefinition,
  found: StoredRecord | undefined,
  knownAt: string | null = null,
): Promise<StoredRecord> {
  const record = requireFound(definition, found);
  if (!record.retracted) return record;
  const kept = await replacementOf(read, definition, record.id, knownAt);
  if (kept?.id === null) requireFound(definition, undefined);
  const retraction = await retractionOf(read, definition, record);
  throw retracted({ retractedAt: null, reason: null, ...retraction }, record.version, kept?.id);
}

function retracted(
  told: { readonly retractedAt: string | null; readonly reason: string | null },
  version: number,
  mergedInto: string | null | undefined,
): Problem {
  const how = mergedInto ? `merged into ${mergedInto}` : 'retracted';
  return new Problem(
    'retracted',
    `The record was ${how}: ${told.reason ?? 'no reason was given'}`,
    {
      ...told,
      version,
      ...(mergedInto ? { mergedInto } : {}),
    },
  );
}

/**
 * Asks that the author says why.
 *
 * @param what is so, as in "why the record is retracted"
 *
 * @throws Problem `reason_required`
 */
export function requireReason(author: Author, what: string): void {
  if (author.reason !== null) return;
  throw new Problem('reason_required', `Say in the X-Reason header why ${what}.`);
}

/**
 * Asks that a record is as the writer saw it.
 *
 * @throws Problem `stale` with every field that was changed since
 */
export async function requireUnchanged(
  tx: Transaction,
  definition: RecordDefinition,
  current: StoredRecord,
  expected: Precondition,
): Promise<void> {
  const seen = await findSeen(tx, definition, current, expected);
  if (seen.version === current.version) return;
  const { id } = current;
  throw stale(current, await changedSince(tx, definition, { id, version: seen.version }));
}

/**
 * The record as the writer saw it: at the newest of the versions in If-Match, or as it is.
 *
 * @throws Problem `stale` when it never had one of them
 */
export async function findSeen(
  tx: Transaction,
  definition: RecordDefinition,
  current: StoredRecord,
  expected: Precondition,
): Promise<PastBody> {
  if (expected === 'any' || expected.has(current.version)) return current;
  const seen = await bodyAtVersion(tx, definition, current.id, [...expected]);
  if (!seen) throw stale(current, []);
  return seen;
}

/**
 * Asks of the fields that somebody wants to change that nobody else has changed them since the version seen, unless to the
 * same. The two are compared with what is stored now in one statement, while the record is locked.
 *
 * @param yours these fields, as they would be stored
 * @throws Problem `stale` with the fields in conflict
 */
export async function requireNoConflict(
  tx: Transaction,
  definition: RecordDefinition,
  { current, seen }: { readonly current: StoredRecord; readonly seen: PastBody },
  yours: Body,
): Promise<void> {
  if (seen.version === current.version) return;
  const wanted = { names: Object.keys(yours), row: rowOf(definition, yours) };
  const at = { id: current.id, version: seen.version };
  const conflicts = await changedSince(tx, definition, at, wanted);
  if (conflicts.length > 0) throw stale(current, conflicts, yours);
}

function stale(current: StoredRecord, changed: readonly ChangedField[], yours: Body = {}): Problem {
  return new Problem('stale', `The record is at version ${String(current.version)} now.`, {
    version: current.version,
    conflicts: changed.map(({ name, base, theirs }) => ({
      pointer: `/${name}`,
      base,
      theirs,
      ...(name in yours ? { yours: yours[name] } : {}),
    })),
  });
}
