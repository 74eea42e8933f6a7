import { Injectable } from '@nestjs/common';
import { instantMeant } from '../../domain/dates.js';
import type { Asked } from '../http/query.reader.js';

/** What time it is: the database's time, so that all who read the same records judge by one clock. Tests set another. */
@Injectable()
export class Clock {
  /** The instant of a request, ISO, at which visibility is judged; null: the database's own. */
  instant(): string | null {
    return null;
  }

  /** The time in the world, in milliseconds; null: that of the request's instant. */
  world(): number | null {
    return null;
  }

  /**
   * The time in the world that is asked about, in milliseconds: the end of an `asOf`, else now; of an earlier recording
   * no later than the end of its `knownAt`.
   *
   * @param instant the request's, ISO
   */
  timeOf(asked: Asked, instant: string): number {
    if (asked.asOf !== null) return instantMeant(asked.asOf);
    const now = this.world() ?? Date.parse(instant);
    return asked.knownAt === null ? now : Math.min(now, instantMeant(asked.knownAt));
  }
}
