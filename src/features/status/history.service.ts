import { Injectable } from '@nestjs/common';
import { instantMeant, isPartialDate } from '../../domain/dates.js';
import type { MergerFacts } from '../../domain/facts.js';
import {
  beginningOf,
  momentOf,
  momentsOf,
  type HistoryPoint,
  type Moment,
} from '../../domain/status-history.js';
import type { View } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import { askedAt, type Between, type Paging } from '../../platform/http/query.reader.js';
import { Database } from '../../platform/prisma/database.js';
import { decodeCursor, encodeCursor } from '../../platform/records/cursor.js';
import type { Page } from '../../platform/records/page.js';
import type { Reading } from '../../platform/records/reading.js';
import { Readings } from '../../platform/records/readings.js';
import { findMergerId, loadFacts } from '../facts/facts.db.js';
import { sightOf, turnsOf } from '../facts/turns.db.js';
import { StatusService } from './status.service.js';

/** How many earlier recordings one request reads at most, and how many moments it looks at. */
const MOST_LOADS = 25;
const MOST_MOMENTS = 500;

type Moments = Iterable<Moment> | AsyncIterable<Moment | null>;

/** Where a history begins, in milliseconds since 1970 UTC, and how it goes on. */
interface Course {
  readonly mergerId: string;
  readonly from: number;
  /** What there is to look at from an instant on; null where this request has read enough. */
  readonly momentsFrom: (from: number) => Moments;
}

/** The points at which the status of a merger changed, for plotting. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly database: Database,
    private readonly statuses: StatusService,
    private readonly readings: Readings,
    private readonly clock: Clock,
  ) {}

  /**
   * The points of a span of one of the two clocks, the first of them where it begins.
   *
   * @throws Problem `not_found`, `retracted`, `invalid_cursor`
   */
  async historyOf(
    key: string,
    { limit, cursor, ...between }: Paging & Between,
    view: View,
  ): Promise<Page<HistoryPoint>> {
    const reading = await this.readings.begin(view);
    const course =
      between.clock === 'asOf'
        ? await this.inTheWorld(reading, key, between)
        : await this.onRecord(reading, key, between);
    const list = `history ${course.mergerId} ${JSON.stringify(between)}`;
    const reached = cursor === null ? null : instantOf(decodeCursor(cursor, list).key);
    const moments = course.momentsFrom(reached ?? course.from);
    const { data, end } = await pointsAmong(moments, { limit, isContinued: reached !== null });
    const next =
      end === null
        ? null
        : encodeCursor({ key: new Date(end).toISOString(), id: course.mergerId }, list);
    return { data, page: { next } };
  }

  /** By `asOf`: one load, and all times of it. */
  private async inTheWorld(reading: Reading, key: string, between: Between): Promise<Course> {
    const asked = askedAt(between, between.to);
    const read = { ...reading, knownAt: asked.knownAt };
    const { facts, at: to } = await this.statuses.factsOf(read, key, asked);
    const from =
      between.from === null ? Math.min(beginningOf(facts), to) : instantMeant(between.from);
    return {
      mergerId: facts.merger.id,
      from,
      momentsFrom: (start) => momentsOf(facts, { from: start, to }),
    };
  }

  /** By `knownAt`: a load for each recording, and in between the time that goes by. */
  private async onRecord(reading: Reading, key: string, between: Between): Promise<Course> {
    const mergerId = await findMergerId(this.database.read, key);
    const sight =
      mergerId === undefined ? undefined : await sightOf(this.readings.of(reading), mergerId);
    const to = Math.min(...[sight?.now, between.to].filter(isGiven).map(instantMeant));
    if (!mergerId || !sight || instantMeant(sight.first) > to)
      throw new Problem('not_found', 'There is no such merger.');
    const from = between.from === null ? instantMeant(sight.first) : instantMeant(between.from);
    const world = this.clock.timeOf({ asOf: null, knownAt: null }, sight.now);
    const recorded = { reading: { ...reading, mergerId }, asOf: between.asOf, world };
    return {
      mergerId,
      from,
      momentsFrom: (start) => this.recordedMoments(mergerId, { from: start, to }, recorded),
    };
  }

  private async *recordedMoments(
    mergerId: string,
    { from, to }: { readonly from: number; readonly to: number },
    recorded: Recorded,
  ): AsyncGenerator<Moment | null> {
    const turns = await turnsOf(this.readings.of(recorded.reading), mergerId, {
      after: new Date(from).toISOString(),
      until: new Date(to).toISOString(),
      limit: MOST_LOADS,
    });
    const starts = [from, ...turns.map((at) => Date.parse(at))];
    for (const [place, start] of starts.slice(0, MOST_LOADS).entries()) {
      const end = (starts[place + 1] ?? to + 1) - 1;
      const knownAt = new Date(start).toISOString();
      const read = this.readings.of({ ...recorded.reading, knownAt });
      const loaded = await loadFacts(read, mergerId);
      const facts = loaded && !loaded.retracted ? loaded.facts : null;
      yield* momentsWithin(facts, { from: start, to: end }, recorded);
    }
    if (starts.length > MOST_LOADS) yield null;
  }
}

/** What a history by recording reads in, the time in the world that is asked about, if it stands still, and now. */
interface Recorded {
  readonly reading: Reading;
  readonly asOf: string | null;
  readonly world: number;
}

/** The moments from one recording to the next. The time in the world goes along, but no further than now. */
function* momentsWithin(
  facts: MergerFacts | null,
  { from, to }: { readonly from: number; readonly to: number },
  { asOf, world }: Recorded,
): Generator<Moment> {
  if (facts !== null && asOf === null && from <= world)
    yield* momentsOf(facts, { from, to: Math.min(to, world) });
  else yield momentOf(facts, asOf === null ? Math.min(from, world) : instantMeant(asOf), from);
}

/**
 * The points among moments, and the moment at which the page ended, null when all were looked at.
 *
 * @param page.isContinued the first moment is the one at which the page before ended
 */
async function pointsAmong(
  moments: Moments,
  page: { readonly limit: number; readonly isContinued: boolean },
): Promise<{ readonly data: readonly HistoryPoint[]; readonly end: number | null }> {
  const data: HistoryPoint[] = [];
  let last: Moment | null = null;
  let looked = 0;
  for await (const moment of moments) {
    if (moment === null || looked === MOST_MOMENTS) return { data, end: endOf(last) };
    const isPoint = last === null ? !page.isContinued : moment.shape !== last.shape;
    if (isPoint && data.length === page.limit) return { data, end: endOf(last) };
    if (isPoint) data.push(moment.point);
    last = moment;
    looked += 1;
  }
  return { data, end: null };
}

function endOf(last: Moment | null): number | null {
  return last === null ? null : last.at;
}

/** Where a page ended, as a cursor has it. */
function instantOf(key: string): number {
  if (isPartialDate(key)) return instantMeant(key);
  throw new Problem('invalid_cursor', 'The cursor names no instant.');
}

function isGiven(date: string | null | undefined): date is string {
  return typeof date === 'string';
}
