import { Injectable } from '@nestjs/common';
import type { MergerFacts } from '../../domain/facts.js';
import { motionResult, tallyOfVoteEvent, type MotionResult } from '../../domain/result.js';
import { shownTally, type ShownTally } from '../../domain/tally.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import { Database } from '../../platform/prisma/database.js';
import type { View } from '../../platform/auth/caller.js';
import type { Asked } from '../../platform/http/query.reader.js';
import { Readings } from '../../platform/records/readings.js';
import { RecordsService } from '../../platform/records/records.service.js';
import { findMergerIdOf, loadFactsOf } from '../facts/facts.db.js';

/** The result of a motion as it is answered. */
export type ShownResult = Omit<MotionResult, 'recordedAt' | 'tally'> &
  Asked & { readonly tally: ShownTally | null };

/** Counts votes, as far as they are known. */
@Injectable()
export class TallyService {
  constructor(
    private readonly database: Database,
    private readonly records: RecordsService,
    private readonly readings: Readings,
    private readonly clock: Clock,
  ) {}

  /**
   * The votes of one vote event, by bounds.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async tallyOf(
    id: string,
    asked: Asked,
    view: View,
  ): Promise<ShownTally & Asked & { readonly voteEventId: string }> {
    const { facts, at } = await this.factsOf({ type: 'vote-events', id }, asked, view);
    const voteEvent = only(facts.voteEvents, id);
    return {
      voteEventId: voteEvent.id,
      ...shownTally(tallyOfVoteEvent(voteEvent, facts, at)),
      ...asked,
    };
  }

  /**
   * Whether a motion has passed, for certain.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async resultOf(id: string, asked: Asked, view: View): Promise<ShownResult> {
    const { facts, at } = await this.factsOf({ type: 'motions', id }, asked, view);
    const result = motionResult(only(facts.motions, id), facts, at);
    const { motionId, voteEventId, date, tally, outcome, settles, quorumMet } = result;
    return {
      motionId,
      voteEventId,
      date,
      tally: tally && shownTally(tally),
      outcome,
      settles,
      quorumMet,
      ...asked,
    };
  }

  private async factsOf(
    { type, id }: { readonly type: 'motions' | 'vote-events'; readonly id: string },
    asked: Asked,
    view: View,
  ): Promise<{ readonly facts: MergerFacts; readonly at: number }> {
    const reading = await this.readings.begin(view, asked.knownAt);
    await this.records.read(type, id, reading);
    const mergerId = await findMergerIdOf(this.database.read, type, id);
    const narrow = mergerId === undefined ? reading : { ...reading, mergerId };
    const loaded = await loadFactsOf(this.readings.facts(narrow), type, id);
    if (!loaded) throw new Problem('not_found', 'There is no such record any more.');
    return { facts: loaded.facts, at: this.clock.timeOf(asked, loaded.instant) };
  }
}

/** Between the two reads the record may have been retracted: then it is gone. */
function only<Fact extends { readonly id: string }>(facts: readonly Fact[], id: string): Fact {
  const fact = facts.find((each) => each.id === id.toLowerCase());
  if (!fact) throw new Problem('not_found', 'There is no such record any more.');
  return fact;
}
