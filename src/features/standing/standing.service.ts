import { Inject, Injectable } from '@nestjs/common';
import { subjectsOf } from '../../domain/claims.js';
import { standingOf, type RecordStanding } from '../../domain/standing.js';
import type { RecordType } from '../../domain/vocabulary.js';
import type { View } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem } from '../../platform/errors/problem.js';
import type { Asked } from '../../platform/http/query.reader.js';
import { DEFINITIONS, type Definitions } from '../../platform/records/record.definition.js';
import { Readings } from '../../platform/records/readings.js';
import { definitionOf } from '../../platform/records/references.db.js';
import { loadClaim } from './standing.db.js';

/** The standing of a record as it is answered. */
export type ShownStanding = RecordStanding &
  Asked & { readonly recordType: RecordType; readonly recordId: string };

/** How well records are sourced. */
@Injectable()
export class StandingService {
  constructor(
    private readonly readings: Readings,
    private readonly clock: Clock,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /**
   * How well a record is sourced, by what the caller may see; also of a retracted one.
   *
   * @throws Problem `not_found`
   */
  async standingOf(
    type: RecordType,
    key: string,
    asked: Asked,
    view: View,
  ): Promise<ShownStanding> {
    const definition = { ...definitionOf(this.definitions, type), type };
    const read = this.readings.of(this.readings.now(view, asked.knownAt));
    const loaded = await loadClaim(read, definition, key);
    if (!loaded) throw new Problem('not_found', `There is no such record in /${type}.`);
    const { id, retracted, record, near, evidence, instant } = loaded;
    const claim = {
      recordType: type,
      recordId: id,
      subjects: subjectsOf(type, record, near),
      retracted,
    };
    const standing = standingOf(claim, evidence, this.clock.timeOf(asked, instant));
    return { recordType: type, recordId: id, ...standing, ...asked };
  }
}
