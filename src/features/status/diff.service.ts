import { Injectable } from '@nestjs/common';
import type { Status } from '../../domain/status.js';
import { statusDiff, type StatusChange } from '../../domain/status-diff.js';
import type { View } from '../../platform/auth/caller.js';
import { Problem } from '../../platform/errors/problem.js';
import { askedAt, type Asked, type Between } from '../../platform/http/query.reader.js';
import type { Reading } from '../../platform/records/reading.js';
import { Readings } from '../../platform/records/readings.js';
import { StatusService } from './status.service.js';

/** What changed between two times, with what was asked for. */
export interface AnsweredDiff extends Between {
  readonly mergerId: string;
  readonly changes: readonly StatusChange[];
}

/** What changed in a merger between two times of one clock. */
@Injectable()
export class DiffService {
  constructor(
    private readonly statuses: StatusService,
    private readonly readings: Readings,
  ) {}

  /**
   * What changed from one time to another. While the merger was not on record there was nothing: no error, but the one
   * side of what changed.
   *
   * @throws Problem `not_found`, `retracted`: that of the later time, when it was on record at neither
   */
  async diffOf(
    key: string,
    between: Between & { readonly from: string },
    view: View,
  ): Promise<AnsweredDiff> {
    const reading = await this.readings.begin(view);
    const before = await this.statusAt(reading, key, askedAt(between, between.from));
    const after = await this.statusAt(reading, key, askedAt(between, between.to));
    if (before instanceof Problem && after instanceof Problem) throw after;
    const [from, to] = [onRecord(before), onRecord(after)];
    const mergerId = (to ?? from)?.merger.id ?? '';
    return { mergerId, ...between, changes: statusDiff(from, to) };
  }

  private async statusAt(reading: Reading, key: string, asked: Asked): Promise<Status | Problem> {
    try {
      return await this.statuses.statusIn({ ...reading, knownAt: asked.knownAt }, key, asked);
    } catch (error) {
      // Not on record at that time: the other time decides whether there is an answer.
      if (error instanceof Problem && ['not_found', 'retracted'].includes(error.code)) return error;
      throw error;
    }
  }
}

function onRecord(found: Status | Problem): Status | null {
  return found instanceof Problem ? null : found;
}
