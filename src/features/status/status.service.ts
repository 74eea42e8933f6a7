import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { MergerFacts } from '../../domain/facts.js';
import { status, summaryOf, type Status, type StatusSummary } from '../../domain/status.js';
import { timelineOf, type TimelineEntry } from '../../domain/timeline.js';
import { mergerAt } from '../../domain/merger-at.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import type { Paging } from '../../platform/http/query.reader.js';
import { Database } from '../../platform/prisma/database.js';
import { decodeCursor, encodeCursor } from '../../platform/records/cursor.js';
import { RecordsService } from '../../platform/records/records.service.js';
import { loadFacts, loadOpenFacts } from '../facts/facts.db.js';

/** The status as it is answered: with what was asked for, and a digest of all of it. */
export type AnsweredStatus = Status & {
  readonly asOf: string | null;
  readonly knownAt: string | null;
  readonly version: string;
};

/** A page of something. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly page: { readonly next: string | null };
}

/** How far mergers are, why, and what happened on the way. */
@Injectable()
export class StatusService {
  constructor(
    private readonly database: Database,
    private readonly records: RecordsService,
    private readonly clock: Clock,
  ) {}

  /**
   * The status of a merger, now or as of a date.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async statusOf(key: string, asOf: string | null): Promise<AnsweredStatus> {
    const facts = await this.factsOf(key);
    const answered = { ...status(facts, this.clock.instantOf(asOf)), asOf, knownAt: null };
    return { ...answered, version: digestOf(answered) };
  }

  /** The status of every open merger in a few words, those recorded first first. */
  async openStatuses(asOf: string | null, { limit, cursor }: Paging): Promise<Page<StatusSummary>> {
    const at = this.clock.instantOf(asOf);
    const list = `status ${asOf ?? ''}`;
    const after = cursor === null ? null : decodeCursor(cursor, list);
    const found = await loadOpenFacts(this.database.read, new Date(at).toISOString(), {
      after: after && { createdAt: after.key, id: after.id },
      limit: limit + 1,
    });
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    return {
      data: shown.map(({ facts }) => summaryOf(status(facts, at))),
      page: { next: last ? encodeCursor({ key: last.key, id: last.facts.merger.id }, list) : null },
    };
  }

  /**
   * What happened on the way of a merger, the earliest first.
   *
   * @throws Problem `not_found`, `retracted`, `invalid_cursor`
   */
  async timelineOf(
    key: string,
    asOf: string | null,
    { limit, cursor }: Paging,
  ): Promise<Page<TimelineEntry>> {
    const facts = await this.factsOf(key);
    const entries = timelineOf(mergerAt(facts, this.clock.instantOf(asOf)));
    const list = `timeline ${facts.merger.id} ${asOf ?? ''}`;
    const start = cursor === null ? 0 : placeAfter(entries, decodeCursor(cursor, list));
    const data = entries.slice(start, start + limit);
    const last = start + limit < entries.length ? data.at(-1) : undefined;
    const next = last ? encodeCursor({ key: keyOf(last), id: last.recordId }, list) : null;
    return { data, page: { next } };
  }

  private async factsOf(key: string): Promise<MergerFacts> {
    const loaded = await loadFacts(this.database.read, key);
    if (!loaded) throw new Problem('not_found', 'There is no such merger.');
    // A retracted merger answers as its record does.
    if (loaded.retracted) await this.records.read('mergers', key);
    return loaded.facts;
  }
}

function placeAfter(
  entries: readonly TimelineEntry[],
  position: { key: string; id: string },
): number {
  const place = entries.findIndex(
    (entry) => entry.recordId === position.id && keyOf(entry) === position.key,
  );
  if (place < 0)
    throw new Problem('invalid_cursor', 'The entry at which the page ended is gone: begin again.');
  return place + 1;
}

function keyOf(entry: TimelineEntry): string {
  return `${entry.date} ${entry.kind}`;
}

function digestOf(answered: object): string {
  return createHash('sha256').update(JSON.stringify(answered)).digest('base64url').slice(0, 22);
}
