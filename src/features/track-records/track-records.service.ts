import { Injectable } from '@nestjs/common';
import { trackRecordOf, type TrackRecord } from '../../domain/track-record.js';
import type { View } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Asked, Paging } from '../../platform/http/query.reader.js';
import { decodeCursor } from '../../platform/records/cursor.js';
import { pageFrom, type Page } from '../../platform/records/page.js';
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
  ): Promise<Page<PublisherTrackRecord>> {
    const list = JSON.stringify(['track-records', publisher, asked.asOf, asked.knownAt]);
    const after = cursor === null ? null : decodeCursor(cursor, list).key;
    const read = this.readings.of(this.readings.now(view, asked.knownAt));
    const stated = await loadStatedByPublishers(read, { publisher, after, limit: limit + 1 });
    const page = pageFrom(stated.publishers, { limit, list }, ({ key, sourceIds }) => ({
      key,
      id: sourceIds[0] ?? '',
    }));
    const data = page.data.map((one) => ({
      publisher: one.publisher,
      ...this.recordOf(one.sourceIds, stated, asked),
    }));
    return { ...page, data };
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
