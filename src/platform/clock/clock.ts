import { Injectable } from '@nestjs/common';
import { instantMeant } from '../../domain/dates.js';

/** What time it is. The only place that asks; tests put another in its place. */
@Injectable()
export class Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number {
    return Date.now();
  }

  /** The instant that is asked about: the end of an `asOf`, else now. */
  instantOf(asOf: string | null): number {
    return asOf === null ? this.now() : instantMeant(asOf);
  }
}
