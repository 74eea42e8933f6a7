import { Injectable } from '@nestjs/common';
import { trackRecordOf, type TrackRecord } from '../../domain/track-record.js';
import type { View } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Asked, Paging } from '../../platform/http/query.reader.js';
import { decodeCursor, encodeCursor } from '../../platform/records/cursor.js';
import { Readings } from '../../platform/records/readings.js';
import { RecordsService } from '../../platform/records/records.service.js';
import { loadStatedByPublishers, loadStatedBySource, type Stated } from './track-records.db.js';

/** The track record of one source as it is answered. */
export type SourceTrackRecord = TrackRecord &
  Asked & {
    readonly sourceId: string;
    readonly title: string;
    readonly publisher: string | null;
  };

/** The track record of one publisher. */
export type PublisherTrackRecord = TrackRecord & { readonly publisher: string };

/** What a list of track records may be asked. */
export type TrackRecordsAsked = Paging & Asked & { readonly publisher: string | null };

/** How the windows came out that sources and publishers stated. */
@Injectable()
export class TrackRecordsService {
  constructor(
    private readonly records: RecordsService,
    private readonly readings: Readings,
    private readonly clock: Clock,
  ) {}

  /**
   * The track record of a source: of the predictions that it is cited for itself.
   *
   * @throws Problem `not_found`, `retracted`
   */
  async ofSource(id: string, asked: Asked, view: View): Promise<SourceTrackRecord> {
    const reading = await this.readings.begin(view, asked.knownAt);
    const { json } = await this.records.read('sources', id, reading);
    const source = JSON.parse(json) as Pick<SourceTrackRecord, 'title' | 'publisher'> & {
      readonly id: string;
    };
    const stated = await loadStatedBySource(this.readings.of(reading), source.id);
    const { title, publisher } = source;
    const record = this.recordOf([source.id], stated, asked);
    return { sourceId: source.id, title, publisher, ...record, ...asked };
  }

  /**
   * A page of the track records of all publishers, by name.
   *
   * @throws Problem `invalid_cursor`
   */
  async ofPublishers(
    { publisher, limit, cursor, ...asked }: TrackRecordsAsked,
    view: View,
  ): Promise<{
    readonly data: readonly PublisherTrackRecord[];
    readonly page: { readonly next: string | null };
  }> {
    const list = JSON.stringify(['track-records', publisher, asked.asOf, asked.knownAt]);
    const after = cursor === null ? null : decodeCursor(cursor, list).key;
    const read = this.readings.of(this.readings.now(view, asked.knownAt));
    const stated = await loadStatedByPublishers(read, { publisher, after, limit: limit + 1 });
    const shown = stated.publishers.slice(0, limit);
    const last = stated.publishers.length > limit ? shown.at(-1) : undefined;
    return {
      data: shown.map((one) => ({
        publisher: one.publisher,
        ...this.recordOf(one.sourceIds, stated, asked),
      })),
      page: {
        next: last ? encodeCursor({ key: last.key, id: last.sourceIds[0] ?? '' }, list) : null,
      },
    };
  }

  private recordOf(
    sourceIds: readonly string[],
    { facts, instant }: Stated,
    asked: Asked,
  ): TrackRecord {
    const at = instant === null ? 0 : this.clock.timeOf(asked, instant);
    return trackRecordOf(facts, new Set(sourceIds), at);
  }
}
