import {
  mergeClashes,
  undoClashes,
  type Clash,
  type Named,
  type Side,
} from '../../domain/merge.js';
import { Problem } from '../../platform/errors/problem.js';
import { readWithin } from '../../platform/prisma/database.js';
import { MOST_EXTRAS } from '../../platform/records/extras.field.js';
import type { RecordDefinition, RuleContext } from '../../platform/records/record.definition.js';
import type { Naming } from '../../platform/records/renaming.db.js';
import { replacementOf } from '../../platform/records/replacement.db.js';
import type { MergedType } from './merge.view.js';
import { loadFactions, loadPeople, lockParent, type Pair } from './merges.db.js';

/** One of the two records, as its body is stored; a faction has a parent. */
export type MergedBody = Side & { readonly parentId?: string | null };

/** The two records, locked, and everything that names one of them. */
export interface Meeting {
  readonly type: MergedType;
  readonly definition: RecordDefinition;
  readonly kept: MergedBody;
  readonly duplicate: MergedBody;
  readonly found: readonly Naming[];
}

/** What may be said of a person by the person: a citation that names both is none of two. */
const MAY_NAME_BOTH = 'citations';

/**
 * Refuses to make two records one that take part, attend, vote or are members where only one can, that are not equally
 * visible, or that something on record tells apart.
 *
 * @throws Problem `merge_clashes`
 */
export async function refuseClashes(
  { tx }: RuleContext,
  { type, definition, kept, duplicate, found }: Meeting,
  at: number,
): Promise<void> {
  const pair = { keptId: kept.id, duplicateId: duplicate.id };
  const parts = type === 'people' ? await loadPeople(tx, pair) : await loadFactions(tx, pair);
  const facts = { ...parts, recordType: type, kept, duplicate };
  const namingBoth = recordsNamingBoth(found, pair);
  const limits = { most: mostNames(definition), mostExtras: MOST_EXTRAS };
  refuse(mergeClashes({ ...facts, namingBoth, ...limits }, at), 'made one');
}

/**
 * Refuses to undo a merge whose kept record was merged in turn, and one whose duplicate could not stand where it stood.
 *
 * @throws Problem `merge_clashes`
 */
export async function refuseUndoClashes(
  { tx }: RuleContext,
  { type, definition, kept, duplicate, found }: Meeting,
): Promise<void> {
  const into = await replacementOf(readWithin(tx), definition, kept.id, null);
  const parentId = duplicate.parentId ?? null;
  const parent = parentId === null ? null : await lockParent(tx, parentId);
  const clashes = undoClashes({
    recordType: type,
    keptId: kept.id,
    mergedInto: into?.id ?? null,
    parent: parentId !== null && parent ? { id: parentId, retracted: parent.retracted } : null,
    aboveDuplicate: parent?.above ?? [],
    childrenAgain: found
      .filter(({ naming }) => naming.type === 'factions')
      .map(({ recordId }) => recordId),
  });
  refuse(clashes, 'made two again');
}

function refuse(clashes: readonly Clash[], what: string): void {
  if (clashes.length === 0) return;
  const reasons = [...new Set(clashes.map(({ detail }) => detail))].join(' ');
  throw new Problem('merge_clashes', `The two cannot be ${what}: ${reasons}`, { clashes });
}

function recordsNamingBoth(found: readonly Naming[], pair: Pair): Named[] {
  const live = found.filter(({ naming, retracted }) => !retracted && naming.type !== MAY_NAME_BOTH);
  return [...Map.groupBy(live, ({ recordId }) => recordId).values()].flatMap((ofRecord) => {
    const named = new Set(ofRecord.flatMap(({ ids }) => ids));
    const [first] = ofRecord;
    if (!first || !named.has(pair.keptId) || !named.has(pair.duplicateId)) return [];
    return [{ recordType: first.naming.type, recordId: first.recordId }];
  });
}

/** How many names a list of them holds at most, as it is declared. */
function mostNames(definition: RecordDefinition): number {
  const list = definition.fields.find(({ name }) => name === 'otherNames');
  return Number(list?.schema['maxItems']);
}
