import { Injectable } from '@nestjs/common';
import { MOST_LONG_READS } from '../../platform/prisma/long.reads.js';

/** The bounds of exports. They are read when they count, so that they may be set at any time. */
@Injectable()
export class ExportSettings {
  /** How many this instance makes at once. */
  mostAtOnce = MOST_LONG_READS;
  /** How many of these may be without a key. */
  mostOfReaders = MOST_LONG_READS - 1;
  /** How long one waits for its turn, in milliseconds. */
  patience = 5_000;
  /** How long one may take, in milliseconds: whoever is slower is cut off. */
  longest = 30 * 60_000;
}
