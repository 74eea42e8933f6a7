import { Inject, Injectable } from '@nestjs/common';
import { belongingsWithout, mergedBelongings, type Belongings } from '../../domain/belongings.js';
import { heldAgain } from '../../domain/merge.js';
import type { Transaction } from '../../platform/prisma/transaction.js';
import type { Author, Edit } from '../../platform/auth/caller.js';
import { Problem } from '../../platform/errors/problem.js';
import type { Parameters } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { bodyAtVersion } from '../../platform/ledger/revisions.db.js';
import { Database, readWithin } from '../../platform/prisma/database.js';
import { byId, pageFrom, type Page } from '../../platform/records/page.js';
import { bodyOf } from '../../platform/records/record.body.js';
import {
  DEFINITIONS,
  type Definitions,
  type RecordDefinition,
} from '../../platform/records/record.definition.js';
import {
  findRecord,
  lockRecord,
  setRetracted,
  rowOf,
  updateRecord,
} from '../../platform/records/records.db.js';
import {
  requireLive,
  requireReason,
  requireUnchanged,
} from '../../platform/records/record.preconditions.js';
import { definitionOf } from '../../platform/records/references.db.js';
import { lockNaming, renameIn, type Naming } from '../../platform/records/renaming.db.js';
import type { StoredRecord } from '../../platform/records/stored.record.js';
import type { MergedType, MergeView, Moved } from './merge.view.js';
import {
  endMerge,
  insertMerge,
  listMerges,
  lockMerge,
  recordAtOnce,
  type StoredMerge,
} from './merges.db.js';
import { MergeBody } from './merges.dto.js';
import { ANY_MERGE, readMergesQuery } from './merges.query.js';
import { refuseClashes, refuseUndoClashes, type MergedBody } from './merges.rules.js';

/** Makes two records of one person or faction one, and two again. */
@Injectable()
export class MergesService {
  constructor(
    private readonly database: Database,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /**
   * Merges a record into another one: what names it names the kept one from then on, its names, identifiers, links and extras
   * join the kept one's, and it is retracted. All of it is recorded at one instant.
   *
   * @throws Problem `reason_required`, `validation_failed`, `not_found`, `retracted`, `stale`, `merge_clashes`, and
   * `reference_not_found` or `reference_retracted` for the duplicate
   */
  async merge(
    { type, key }: { readonly type: MergedType; readonly key: string },
    sent: unknown,
    { author, expected }: Edit,
  ): Promise<MergeView> {
    requireReason(author, 'the two records are one');
    const { duplicateId } = await bodyOf(MergeBody, sent);
    const definition = definitionOf(this.definitions, type);
    return this.database.write(author, async (tx) => {
      const two = await lockTwo(tx, definition, key, duplicateId);
      const kept = await requireLive(readWithin(tx), definition, two.kept);
      await requireUnchanged(tx, definition, kept, expected);
      const duplicate = requireDuplicate(two.duplicate, type);
      const ids = { keptId: kept.id, duplicateId: duplicate.id };
      const found = await lockNaming(tx, this.definitions, type, Object.values(ids));
      const at = await recordAtOnce(tx);
      const bodies = { kept: parse(kept), duplicate: parse(duplicate) };
      const context = { tx, definitions: this.definitions };
      await refuseClashes(context, { type, definition, found, ...bodies }, at);
      const moved = await rename(tx, found, { from: duplicate.id, to: kept.id });
      const belongings = mergedBelongings(bodies.kept, bodies.duplicate);
      const { version } = await updateRecord(
        tx,
        definition,
        kept.id,
        rowOf(definition, { ...belongings }),
      );
      await setRetracted(tx, definition, duplicate.id, true);
      const keptVersion = version === kept.version ? null : version;
      const id = await insertMerge(tx, { recordType: type, ...ids, keptVersion, moved });
      const [merge] = await listMerges(readWithin(tx), { ...ANY_MERGE, id });
      return requireMerge(merge);
    });
  }

  /** A page of all merges, undone ones too, the oldest first. */
  async list(query: Parameters): Promise<Page<MergeView>> {
    const asked = readMergesQuery(query);
    const found = await listMerges(this.database.read, { ...asked, limit: asked.limit + 1 });
    return pageFrom(found, asked, byId);
  }

  /**
   * One merge, undone or not.
   *
   * @throws Problem `not_found`
   */
  async read(id: string): Promise<MergeView> {
    const asked = { ...ANY_MERGE, id };
    const [merge] = isUuid(id) ? await listMerges(this.database.read, asked) : [];
    return requireMerge(merge);
  }

  /**
   * Undoes a merge: the duplicate comes back, what moved and still names the kept record names it again, and what the merge
   * added to that is taken off. All of it is recorded at one instant.
   *
   * @throws Problem `reason_required`, `not_found`, `merge_undone`, `merge_clashes`
   */
  async undo(id: string, author: Author): Promise<void> {
    requireReason(author, 'the two records are not one');
    await this.database.write(author, async (tx) => {
      const merge = requireMerge(isUuid(id) ? await lockMerge(tx, id) : undefined);
      if (merge.undone) throw new Problem('merge_undone', 'The merge was undone before.');
      const { recordType: type, keptId, duplicateId } = merge;
      const definition = definitionOf(this.definitions, type);
      const two = await lockTwo(tx, definition, keptId, duplicateId);
      const { kept, duplicate } = {
        kept: requireMerge(two.kept),
        duplicate: requireMerge(two.duplicate),
      };
      const bodies = { kept: parse(kept), duplicate: parse(duplicate) };
      const all = await lockNaming(tx, this.definitions, type, [keptId, duplicateId]);
      const moved = new Set(merge.moved.map(place));
      const found = all.filter((naming) => moved.has(place(movedOf(naming))));
      const context = { tx, definitions: this.definitions };
      await refuseUndoClashes(context, { type, definition, found, ...bodies });
      const at = await recordAtOnce(tx);
      await endMerge(tx, id);
      const held = rowOf(definition, { ...heldAgain(bodies.duplicate, bodies.kept, at) });
      await updateRecord(tx, definition, duplicateId, { ...held, retracted_at: null });
      await rename(tx, found, { from: keptId, to: duplicateId });
      await takeOff(tx, definition, merge, bodies.kept);
    });
  }
}

/** Two records by id or slug, locked in the order of their ids, so that two merges of them do not wait for each other. */
async function lockTwo(
  tx: Transaction,
  definition: RecordDefinition,
  keptKey: string,
  duplicateKey: string,
): Promise<{
  readonly kept: StoredRecord | undefined;
  readonly duplicate: StoredRecord | undefined;
}> {
  const read = readWithin(tx);
  const kept = await findRecord(read, definition, keptKey);
  const duplicate = await findRecord(read, definition, duplicateKey);
  const ids = [kept, duplicate].flatMap((record) => (record ? [record.id] : []));
  const locked = new Map<string, StoredRecord>();
  for (const id of ids.toSorted()) {
    const record = await lockRecord(tx, definition, id);
    if (record) locked.set(id, record);
  }
  return { kept: kept && locked.get(kept.id), duplicate: duplicate && locked.get(duplicate.id) };
}

function requireDuplicate(duplicate: StoredRecord | undefined, type: MergedType): StoredRecord {
  if (duplicate?.retracted === false) return duplicate;
  const [code, detail] = duplicate
    ? (['reference_retracted', 'The record was retracted or merged before.'] as const)
    : (['reference_not_found', `There is no record in /${type} with this id or slug.`] as const);
  throw new Problem(code, detail, { errors: [{ pointer: '/duplicateId', detail }] });
}

function requireMerge<Found>(found: Found | undefined): Found {
  if (found === undefined) throw new Problem('not_found', 'There is no such merge.');
  return found;
}

/** Has what was found name another record. A list that names that one already stays as it is, and so it can go back. */
async function rename(
  tx: Transaction,
  found: readonly Naming[],
  to: { readonly from: string; readonly to: string },
): Promise<readonly Moved[]> {
  const moving = found.filter(
    ({ naming, ids }) => ids.includes(to.from) && !(naming.isList && ids.includes(to.to)),
  );
  for (const [naming, rows] of Map.groupBy(moving, (one) => one.naming)) {
    const ids = rows.map(({ recordId }) => recordId);
    await renameIn(tx, naming, ids, to);
  }
  return moving.map(movedOf);
}

/** Takes off what the merge added to the kept record, as the ledger tells it, and is still there. */
async function takeOff(
  tx: Transaction,
  definition: RecordDefinition,
  { keptId, keptVersion }: StoredMerge,
  now: Belongings,
): Promise<void> {
  if (keptVersion === null) return;
  const before = await bodyAtVersion(tx, definition, keptId, [keptVersion - 1]);
  const after = await bodyAtVersion(tx, definition, keptId, [keptVersion]);
  if (before === undefined || after === undefined) return;
  const left = belongingsWithout(now, parse(before), parse(after));
  await updateRecord(tx, definition, keptId, rowOf(definition, { ...left }));
}

function movedOf({ naming, recordId }: Naming): Moved {
  return { recordType: naming.type, recordId, field: naming.field };
}

function place({ recordType, recordId, field }: Moved): string {
  return `${recordType} ${recordId} ${field}`;
}

/** Postgres wrote the JSON from the declared fields. */
function parse({ json }: Pick<StoredRecord, 'json'>): MergedBody {
  return JSON.parse(json) as MergedBody;
}
