import slugify from '@sindresorhus/slugify';
import type { Transaction } from '../prisma/transaction.js';
import { assertPeriods } from './record.body.js';
import type { Candidate, RecordDefinition, RuleContext } from './record.definition.js';
import { rowOf, updateRecord } from './records.db.js';
import { requireReferences } from './references.db.js';
import { freeSlug } from './slugs.db.js';
import type { StoredRecord } from './stored.record.js';

type Body = Readonly<Record<string, unknown>>;

/** The body of a record, from the JSON that Postgres wrote. */
export function parseBody({ json }: { readonly json: string }): Body {
  return JSON.parse(json) as Body;
}

/**
 * Asks of a whole body what no field can answer alone: its periods, what it names, and the rules of its resource. What a
 * change leaves alone is not looked up again.
 *
 * @throws RuleViolation, Problem what they refuse
 */
export async function admitBody(
  context: RuleContext,
  definition: RecordDefinition,
  candidate: Candidate<Body>,
): Promise<void> {
  assertPeriods(definition, candidate.body);
  const references = requireReferences(context.tx, context.definitions, definition, candidate);
  const checked = checkRules(context, definition, candidate);
  // What the rules refuse counts once the references are known to be sound.
  checked.catch(() => undefined);
  await references;
  await checked;
}

/** A rule that asks nothing refuses at once: here that is a rejection like any other. */
async function checkRules(
  context: RuleContext,
  { rules }: RecordDefinition,
  candidate: Candidate<Body>,
): Promise<void> {
  await rules.check?.(context, candidate);
}

/** Stores what a record is changed to, once it is admitted. */
export async function storeChange(
  context: RuleContext,
  definition: RecordDefinition,
  { id, body, before }: Candidate<Body> & { readonly id: string },
): Promise<StoredRecord> {
  await admitBody(context, definition, { id, body, before });
  const addressed = await withSlug(context.tx, definition, body, id);
  return updateRecord(context.tx, definition, id, rowOf(definition, addressed));
}

/** A readable address: the one given, or one made from the name. */
export async function withSlug(
  tx: Transaction,
  definition: RecordDefinition,
  body: Body,
  id: string | null,
): Promise<Body> {
  if (!definition.hasSlug || body['slug'] !== null) return body;
  const base = slugBaseOf(definition, body);
  return {
    ...body,
    slug: await freeSlug(tx, definition, base, id),
  };
}

/** What the readable address of a record begins with: its name, as far as it goes, else what it is. */
export function slugBaseOf({ nameField = 'name', title }: RecordDefinition, body: Body): string {
  const name = body[nameField];
  const base = slugify(typeof name === 'string' ? name : '')
    .slice(0, 80)
    .replace(/-+$/, '');
  return base === '' ? title.toLowerCase() : base;
}
