import { Injectable } from '@nestjs/common';
import { holdsUntil } from '../../domain/holds-until.js';
import { status, summaryOf, type StatusSummary } from '../../domain/status.js';
import type { View } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Asked, Paging } from '../../platform/http/query.reader.js';
import { decodeCursor } from '../../platform/records/cursor.js';
import { pageFrom, type Page } from '../../platform/records/page.js';
import { Readings } from '../../platform/records/readings.js';
import type { Keep } from '../../platform/snapshots/snapshot.js';
import {
  findOpenMergers,
  loadFacts,
  loadFactsOfAll,
  type LoadedFacts,
  type OpenPage,
} from '../facts/facts.db.js';
import { KeptSummaries, type Summed } from './kept.summaries.js';

/** A page of open mergers, and what it rests on; null when it is not worth keeping. */
export type OpenPageAnswer = Page<StatusSummary> & { readonly keep: Keep | null };

/** How often a page is put together until nothing has changed meanwhile. */
const ATTEMPTS = 3;

/** An open merger, and where in the list it stands. */
interface Listed {
  readonly id: string;
  readonly key: string;
}

/** How far all open mergers are, in a few words each. */
@Injectable()
export class OpenStatusService {
  constructor(
    private readonly readings: Readings,
    private readonly clock: Clock,
    private readonly kept: KeptSummaries,
  ) {}

  /**
   * The status of every open merger in a few words, those recorded first first. What is known of a merger since its records
   * changed last is not computed again.
   *
   * @throws Problem `invalid_cursor`
   */
  async openStatuses(
    { limit, cursor, ...asked }: Paging & Asked,
    view: View,
  ): Promise<OpenPageAnswer> {
    const list = `status ${asked.asOf ?? ''} ${asked.knownAt ?? ''}`;
    const after = cursor === null ? null : decodeCursor(cursor, list);
    const page = {
      at: this.fixedTime(asked),
      after: after && { createdAt: after.key, id: after.id },
      limit: limit + 1,
    };
    const isNow = asked.knownAt === null;
    const from = this.kept.time();
    const found = await (isNow
      ? this.openAtOnce(view, page, asked)
      : this.openThen(view, page, asked));
    const shown = pageFrom(found, { limit, list }, (last) => last);
    return {
      ...shown,
      data: shown.data.map(({ summary }) => summary),
      keep: isNow ? { scope: null, span: asked.asOf === null ? spanOf(found, from) : null } : null,
    };
  }

  /** The time at which they are open, ISO; null: that of the statement. */
  private fixedTime(asked: Asked): string | null {
    if (asked.asOf === null && this.clock.world() === null) return null;
    return new Date(this.clock.timeOf(asked, '')).toISOString();
  }

  /**
   * What is kept and what is read, in two statements: once more when something changed meanwhile, so that all is of one moment.
   * When something changed each time, each merger's part is of one moment, and they are some milliseconds apart.
   */
  private async openAtOnce(
    view: View,
    page: OpenPage,
    asked: Asked,
  ): Promise<readonly (Summed & Listed)[]> {
    for (let attempt = 1; ; attempt += 1) {
      const tick = this.kept.tick();
      const found = await this.openNow(view, page, asked);
      if (attempt === ATTEMPTS || (await this.kept.isStill(tick))) return found;
    }
  }

  private async openNow(view: View, page: OpenPage, asked: Asked): Promise<(Summed & Listed)[]> {
    const reading = this.readings.now(view);
    const tick = this.kept.tick();
    const listed = await findOpenMergers(this.readings.of(reading), page);
    const summed = new Map<string, Summed>();
    // As of another time than now nothing is kept.
    const known = asked.asOf === null ? listed : [];
    for (const { id } of known) {
      const kept = this.kept.get(view, id);
      if (kept) summed.set(id, kept);
    }
    const missing = listed.filter(({ id }) => !summed.has(id)).map(({ id }) => id);
    const loads =
      missing.length > 0 ? await loadFactsOfAll(this.readings.facts(reading), missing) : [];
    for (const loaded of loads.filter(({ retracted }) => !retracted)) {
      const made = this.sum(loaded, asked);
      summed.set(made.summary.merger.id, made);
      if (asked.asOf === null) this.kept.set(view, made, tick);
    }
    // One that is gone between the two questions is none that is open.
    return listed.flatMap((one) => {
      const made = summed.get(one.id);
      return made ? [{ ...made, ...one }] : [];
    });
  }

  /** Of an earlier recording first the page is chosen: then only its mergers' parts of the ledger are read, one by one. */
  private async openThen(view: View, page: OpenPage, asked: Asked): Promise<(Summed & Listed)[]> {
    const reading = await this.readings.begin(view, asked.knownAt);
    const found = [];
    for (const one of await findOpenMergers(this.readings.of(reading), page)) {
      const loaded = await loadFacts(this.readings.of({ ...reading, mergerId: one.id }), one.id);
      if (loaded) found.push({ ...this.sum(loaded, asked), ...one });
    }
    return found;
  }

  private sum({ facts, instant }: LoadedFacts, asked: Asked): Summed {
    const at = this.clock.timeOf(asked, instant);
    const summary = summaryOf(status(facts, at));
    return { summary, span: { from: at, until: holdsUntil(facts, at) } };
  }
}

/** The time for which all of them hold, and they are all: as time goes on, mergers close, and none opens. */
function spanOf(found: readonly Summed[], from: number): Keep['span'] {
  return {
    from: Math.max(from, ...found.map(({ span }) => span.from)),
    until: Math.min(...found.map(({ span }) => span.until)),
  };
}
