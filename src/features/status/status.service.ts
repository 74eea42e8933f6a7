import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { MergerFacts } from '../../domain/facts.js';
import { holdsUntil } from '../../domain/holds-until.js';
import { status, type Status } from '../../domain/status.js';
import { timelineOf, type TimelineEntry } from '../../domain/timeline.js';
import { mergerAt } from '../../domain/merger-at.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import type { View } from '../../platform/auth/caller.js';
import type { Asked, Paging } from '../../platform/http/query.reader.js';
import { Database } from '../../platform/prisma/database.js';
import { decodeCursor, type Position } from '../../platform/records/cursor.js';
import { pageFrom, type Page } from '../../platform/records/page.js';
import type { Reading } from '../../platform/records/reading.js';
import { Readings } from '../../platform/records/readings.js';
import { RecordsService } from '../../platform/records/records.service.js';
import type { Keep } from '../../platform/snapshots/snapshot.js';
import { findMergerId, loadFacts } from '../facts/facts.db.js';

/** A status as it is answered. */
export interface AnsweredStatus {
  /** The status as JSON, with what was asked for, and a digest of all that. */
  readonly json: string;
  readonly version: string;
  /** What it rests on; null when it is not worth keeping. */
  readonly keep: Keep | null;
}

/** Facts and the time in the world that is asked about, in milliseconds since 1970 UTC. */
interface FactsAt {
  readonly facts: MergerFacts;
  readonly at: number;
}

/** How far mergers are, why, and what happened on the way. */
@Injectable()
export class StatusService {
  constructor(
    private readonly database: Database,
    private readonly records: RecordsService,
    private readonly readings: Readings,
    private readonly clock: Clock,
  ) {}

  /**
   * The status of a merger, now or as of a date, by what is or was recorded.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async statusOf(key: string, asked: Asked, view: View): Promise<AnsweredStatus> {
    const reading = this.readings.now(view, asked.knownAt);
    const found = await this.factsOf(reading, key, asked);
    const text = JSON.stringify({ ...status(found.facts, found.at), ...asked });
    const version = digestOf(text);
    const json = `${text.slice(0, -1)},"version":"${version}"}`;
    return { json, version, keep: keepOf(found, asked) };
  }

  /**
   * The status in a reading, whose `knownAt` is the one asked for.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async statusIn(reading: Reading, key: string, asked: Asked): Promise<Status> {
    const { facts, at } = await this.factsOf(reading, key, asked);
    return status(facts, at);
  }

  /**
   * What happened on the way of a merger, the earliest first.
   *
   * @throws Problem `not_found`, `retracted`, `invalid_cursor`
   */
  async timelineOf(
    key: string,
    { limit, cursor, ...asked }: Paging & Asked,
    view: View,
  ): Promise<Page<TimelineEntry> & { readonly keep: Keep | null }> {
    const reading = this.readings.now(view, asked.knownAt);
    const { facts, at } = await this.factsOf(reading, key, asked);
    const entries = timelineOf(mergerAt(facts, at));
    const list = `timeline ${facts.merger.id} ${asked.asOf ?? ''} ${asked.knownAt ?? ''}`;
    const start = cursor === null ? 0 : placeAfter(entries, decodeCursor(cursor, list));
    const page = pageFrom(entries.slice(start), { limit, list }, placeOf);
    return { ...page, keep: keepOf({ facts, at }, asked) };
  }

  /**
   * The facts of a merger in a reading, and the time in the world that is asked about.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async factsOf(reading: Reading, key: string, asked: Asked): Promise<FactsAt> {
    // Of an earlier recording only this merger's part of the ledger is read.
    const id = reading.knownAt === null ? key : await findMergerId(this.database.read, key);
    const narrow =
      reading.knownAt === null || id === undefined ? reading : { ...reading, mergerId: id };
    const loaded = id === undefined ? undefined : await loadFacts(this.readings.facts(narrow), id);
    if (!loaded) throw new Problem('not_found', 'There is no such merger.');
    // A retracted merger answers as its record does.
    if (loaded.retracted) await this.records.read('mergers', loaded.facts.merger.id, reading);
    return { facts: loaded.facts, at: this.clock.timeOf(asked, loaded.instant) };
  }
}

function placeAfter(entries: readonly TimelineEntry[], position: Position): number {
  const place = entries.findIndex((entry) => {
    const { key, id } = placeOf(entry);
    return id === position.id && key === position.key;
  });
  if (place < 0)
    throw new Problem('invalid_cursor', 'The entry at which the page ended is gone: begin again.');
  return place + 1;
}

function placeOf({ date, kind, recordId }: TimelineEntry): Position {
  return { key: `${date} ${kind}`, id: recordId };
}

/** Of an earlier recording nothing is kept: few ask for it, and none again and again. */
function keepOf({ facts, at }: FactsAt, { asOf, knownAt }: Asked): Keep | null {
  if (knownAt !== null) return null;
  const span = asOf === null ? { from: at, until: holdsUntil(facts, at) } : null;
  return { scope: facts.merger.id, span };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
