import type { Transaction } from '../prisma/transaction.js';
import type { RecordDefinition } from './record.definition.js';

/** The first free slug that begins with `base`, held until the transaction ends; `ownId` may keep its own. */
export async function freeSlug(
  tx: Transaction,
  definition: RecordDefinition,
  base: string,
  ownId: string | null,
): Promise<string> {
  const lock = `slugs:${definition.type}:${base}`;
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lock]);
  const taken = await tx.query<{ slug: string }>(
    `SELECT record.slug FROM ${definition.table} AS record
     WHERE record.slug ~ ('^' || $1 || '(-[0-9]+)?$') AND record.id IS DISTINCT FROM $2::uuid`,
    [base, ownId],
  );
  const slugs = new Set(taken.map(({ slug }) => slug));
  let slug = base;
  for (let next = 2; slugs.has(slug); next += 1) slug = `${base}-${String(next)}`;
  return slug;
}
