import { Injectable } from '@nestjs/common';

/** The bounds of streams. They are read when they count, so that they may be set at any time. */
@Injectable()
export class StreamSettings {
  /** How often something is sent to everybody, be it nothing but a comment, in milliseconds. Read when the first client comes. */
  heartbeat = 15_000;
  /** How many clients this instance takes. */
  mostClients = 5_000;
  /** How much may wait to be sent to a client, in bytes, when there is more to be told: who has more to take then is cut off. */
  mostUnsent = 256 * 1024;
  /** How long to wait before a database is asked again that gave no answer, in milliseconds. */
  pause = 1_000;
}
