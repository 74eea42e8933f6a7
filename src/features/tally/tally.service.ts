import { Injectable } from '@nestjs/common';
import type { MergerFacts } from '../../domain/facts.js';
import { motionResult, tallyOfVoteEvent, type MotionResult } from '../../domain/result.js';
import { shownTally, type ShownTally } from '../../domain/tally.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import { Database } from '../../platform/prisma/database.js';
import { RecordsService } from '../../platform/records/records.service.js';
import { loadFactsOf } from '../facts/facts.db.js';

/** The result of a motion as it is answered. */
export interface ShownResult extends Omit<MotionResult, 'recordedAt' | 'tally'> {
  readonly tally: ShownTally | null;
  readonly asOf: string | null;
}

/** Counts votes, as far as they are known. */
@Injectable()
export class TallyService {
  constructor(
    private readonly database: Database,
    private readonly records: RecordsService,
    private readonly clock: Clock,
  ) {}

  /**
   * The votes of one vote event, by bounds.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async tallyOf(
    id: string,
    asOf: string | null,
  ): Promise<ShownTally & { voteEventId: string; asOf: string | null }> {
    const facts = await this.factsOf('vote-events', id);
    const voteEvent = only(facts.voteEvents, id);
    return {
      voteEventId: voteEvent.id,
      ...shownTally(tallyOfVoteEvent(voteEvent, facts, this.clock.instantOf(asOf))),
      asOf,
    };
  }

  /**
   * Whether a motion has passed, for certain.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async resultOf(id: string, asOf: string | null): Promise<ShownResult> {
    const facts = await this.factsOf('motions', id);
    const result = motionResult(only(facts.motions, id), facts, this.clock.instantOf(asOf));
    const { motionId, voteEventId, date, tally, outcome, settles, quorumMet } = result;
    return {
      motionId,
      voteEventId,
      date,
      tally: tally && shownTally(tally),
      outcome,
      settles,
      quorumMet,
      asOf,
    };
  }

  private async factsOf(type: 'motions' | 'vote-events', id: string): Promise<MergerFacts> {
    await this.records.read(type, id);
    const facts = await loadFactsOf(this.database.read, type, id);
    if (!facts) throw new Problem('not_found', 'There is no such record any more.');
    return facts;
  }
}

/** Between the two reads the record may have been retracted: then it is gone. */
function only<Fact extends { readonly id: string }>(facts: readonly Fact[], id: string): Fact {
  const fact = facts.find((each) => each.id === id.toLowerCase());
  if (!fact) throw new Problem('not_found', 'There is no such record any more.');
  return fact;
}
