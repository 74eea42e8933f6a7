import type { ServerResponse } from 'node:http';
import { drained } from '../../platform/http/streamed.answer.js';
import type { Part } from '../changes/changes.module.js';

/** Somebody who is told of changes over one response. There are thousands: nothing is kept here that all could share. */
export class StreamClient {
  /** Nothing more is sent: it is gone, or sent away. */
  isOver = false;
  /** How many bytes it was given, and how many of them it had taken when the heart beat last. */
  private given = 0;
  private taken = -Infinity;

  /**
   * @param part what it follows; those who follow the same share one
   * @param position up to where in the feed it has been told
   */
  constructor(
    private readonly response: ServerResponse,
    readonly part: Part,
    public position: number,
  ) {}

  /** The header with its key; undefined: a reader. */
  get authorization(): string | undefined {
    return this.response.req.headers.authorization;
  }

  send(bytes: Buffer): void {
    if (this.isOver) return;
    this.given += bytes.length;
    this.response.write(bytes);
  }

  /** Cuts off whoever has left more than so many bytes of what was sent earlier: what was sent just now is not on its way yet. */
  requireRoom(mostUnsent: number): void {
    if (this.response.writableLength > mostUnsent) this.cutOff();
  }

  /** Sends a sign of life. Whoever has taken nothing since the last one, though there was something, is cut off. */
  beat(bytes: Buffer): void {
    const { writableLength } = this.response;
    const taken = this.given - writableLength;
    if (this.isOver || (writableLength > 0 && taken <= this.taken)) this.cutOff();
    this.taken = taken;
    this.send(bytes);
  }

  /** Over when what was sent is on its way, or the client gone. */
  drained(): Promise<void> {
    return drained(this.response);
  }

  /** Ends the response as it should end: a browser comes again, and says what it has seen. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.response.end();
  }

  /** Whoever has not taken the last bytes at the next heartbeat is cut off as well. */
  private cutOff(): void {
    this.isOver = true;
    this.response.destroy();
  }
}
