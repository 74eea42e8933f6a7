import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/prisma/transaction.js';
import type { Author } from '../../platform/auth/caller.js';
import { Problem, invalid } from '../../platform/errors/problem.js';
import { QueryReader, type Paging, type Parameters } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { Database } from '../../platform/prisma/database.js';
import { decodeCursor, type Position } from '../../platform/records/cursor.js';
import { byId, pageFrom, type Page } from '../../platform/records/page.js';
import { bodyOf } from '../../platform/records/record.body.js';
import { DEFINITIONS, type Definitions } from '../../platform/records/record.definition.js';
import { lockRecord } from '../../platform/records/records.db.js';
import { definitionOf } from '../../platform/records/references.db.js';
import { MergesService } from '../merges/merges.module.js';
import {
  listDifferent,
  listPairs,
  rememberDifferent,
  takeBackDifferent,
  type Compared,
  type DifferentRow,
  type Pair,
} from './duplicates.db.js';
import { DUPLICATES_OF, DuplicateDecisionBody } from './duplicates.dto.js';
import { presentPair, type PairView } from './duplicates.view.js';

/** What was decided of a pair; `id` is that of the decision, or of the merge that it made. */
export type DecisionView = DifferentRow & { readonly decision: 'same' | 'different' };

/** What a cursor of the list of decisions is bound to. */
const DECISIONS = 'duplicate decisions';

/** Which records may be of one, and what people decide about it. Nothing is ever decided here. */
@Injectable()
export class DuplicatesService {
  constructor(
    private readonly database: Database,
    private readonly merges: MergesService,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /**
   * A page of likely pairs, the likeliest first.
   *
   * @throws Problem `validation_failed`, `invalid_cursor`
   */
  async list(query: Parameters): Promise<Page<PairView>> {
    const reader = new QueryReader(query);
    const { limit, cursor } = reader.takePaging();
    const word = reader.take('of');
    const of = DUPLICATES_OF.find((each) => each === word);
    if (of === undefined) reader.refuse('of', `must be one of ${DUPLICATES_OF.join(', ')}`);
    reader.finish();
    const compared = of ?? 'people';
    const list = `duplicates ${compared}`;
    const after = cursor === null ? null : placeOf(cursor, list);
    const found = await listPairs(this.database.read, compared, { after, limit: limit + 1 });
    const page = pageFrom(found, { limit, list }, positionOf);
    return { ...page, data: page.data.map((pair) => presentPair(compared, pair)) };
  }

  /**
   * Decides about a pair: merges the two, or remembers that they are two. Deciding that again changes nothing.
   *
   * @throws Problem `validation_failed`, `reference_not_found`, `reference_retracted`, and what a merge is refused with
   */
  async decide(sent: unknown, author: Author): Promise<DecisionView> {
    const body = await bodyOf(DuplicateDecisionBody, sent);
    const { of, decision } = body;
    const { ids, kept } = pairOf(body);
    return decision === 'same'
      ? this.merge(of, { ids, kept }, author)
      : this.tellApart(of, ids, author);
  }

  private async merge(
    of: Compared,
    { ids, kept }: { readonly ids: readonly [string, string]; readonly kept: string },
    author: Author,
  ): Promise<DecisionView> {
    const duplicateId = kept === ids[0] ? ids[1] : ids[0];
    const merge = await this.merges.merge(
      { type: of, key: kept },
      { duplicateId },
      { author, expected: 'any' },
    );
    return {
      id: merge.id,
      of,
      ids,
      decision: 'same',
      decidedAt: merge.createdAt,
      actor: merge.actor ?? author.name,
      reason: merge.reason,
      takenBackAt: merge.undoneAt,
      takenBackBy: merge.undoneBy,
    };
  }

  private async tellApart(
    of: Compared,
    ids: readonly [string, string],
    author: Author,
  ): Promise<DecisionView> {
    return this.database.write(
      author,
      async (tx) => {
        await this.requireLiveBoth(tx, of, ids);
        return presentDecision(await rememberDifferent(tx, of, ids));
      },
      { mayHide: false },
    );
  }

  /** Both are there until the transaction ends. */
  private async requireLiveBoth(
    tx: Transaction,
    of: Compared,
    ids: readonly [string, string],
  ): Promise<void> {
    for (const id of ids) {
      const record = await lockRecord(tx, definitionOf(this.definitions, of), id);
      if (record?.retracted === false) continue;
      const [code, detail] = record
        ? (['reference_retracted', `${id} was retracted or merged before`] as const)
        : (['reference_not_found', `there is no record in /${of} with the id ${id}`] as const);
      throw new Problem(code, `/ids: ${detail}.`, { errors: [{ pointer: '/ids', detail }] });
    }
  }

  /** A page of what was said to be two, taken back or not, the first first. */
  async listDecisions({ limit, cursor }: Paging): Promise<Page<DecisionView>> {
    const after = cursor === null ? null : decodeCursor(cursor, DECISIONS).id;
    const asked = { id: null, after, limit: limit + 1 };
    const found = await listDifferent(this.database.read, asked);
    return pageFrom(found.map(presentDecision), { limit, list: DECISIONS }, byId);
  }

  /**
   * That two records are two, taken back or not.
   *
   * @throws Problem `not_found`
   */
  async readDecision(id: string): Promise<DecisionView> {
    return presentDecision(await this.findDecision(id));
  }

  /**
   * Takes back that two records are two: the pair is asked about again. Once more changes nothing.
   *
   * @throws Problem `not_found`
   */
  async takeBack(id: string, author: Author): Promise<void> {
    await this.findDecision(id);
    await this.database.write(author, (tx) => takeBackDifferent(tx, id), { mayHide: false });
  }

  private async findDecision(id: string): Promise<DifferentRow> {
    const asked = { id, after: null, limit: 1 };
    const [found] = isUuid(id) ? await listDifferent(this.database.read, asked) : [];
    if (!found) throw new Problem('not_found', 'There is no such decision.');
    return found;
  }
}

/** The two records, the one that was recorded first before the other, and which is kept if they are the same. */
function pairOf({ ids, decision, keep }: DuplicateDecisionBody): {
  readonly ids: readonly [string, string];
  readonly kept: string;
} {
  const [one, other] = ids.map((id) => id.toLowerCase()).toSorted();
  if (one === undefined || other === undefined)
    throw invalid([{ pointer: '/ids', detail: 'ids must name two records' }]);
  const kept = keep?.toLowerCase() ?? one;
  const isSound = kept === one || kept === other;
  if (!isSound || (decision === 'different' && keep != null))
    throw invalid([{ pointer: '/keep', detail: 'keep must be one of two that are the same' }]);
  return { ids: [one, other], kept };
}

function presentDecision(row: DifferentRow): DecisionView {
  return { ...row, decision: 'different' };
}

/** A cursor holds one id: the other one stands beside the score. */
function positionOf({ score, ids: [one, other] }: Pair): Position {
  return { key: `${score} ${other}`, id: one };
}

function placeOf(
  cursor: string,
  list: string,
): { readonly score: string; readonly ids: readonly [string, string] } {
  const { key, id } = decodeCursor(cursor, list);
  const [score = '', other = ''] = key.split(' ');
  return { score, ids: [id, other] };
}
