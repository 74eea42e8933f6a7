import type { ServerResponse } from 'node:http';
import { drained } from '../../platform/http/streamed.answer.js';

/** How an answer is sent. */
export interface Sending {
  /** What is written at the end of a file that could not be finished, so that nobody takes it for a whole one. */
  readonly brokenOff: string;
  /** How long it may take, in milliseconds. */
  readonly longest: number;
}

/**
 * Sends text bit by bit, as fast as it is taken, and ends the answer. When the text cannot be had to its end the connection is
 * broken off, behind words that say so.
 *
 * @throws whatever kept the text from its end
 */
export async function sendAll(
  response: ServerResponse,
  text: AsyncIterable<string>,
  { brokenOff, longest }: Sending,
): Promise<void> {
  const late = setTimeout(() => response.destroy(), longest);
  try {
    for await (const some of text) {
      if (response.destroyed) return;
      if (some !== '' && !response.write(some)) await drained(response);
    }
    response.end();
  } catch (error) {
    breakOff(response, brokenOff);
    throw error;
  } finally {
    clearTimeout(late);
  }
}

/** Without the end of an answer in chunks: every client of HTTP/1.1 knows that there was to be more. */
function breakOff(response: ServerResponse, words: string): void {
  if (response.destroyed) return;
  response.write(words);
  if (response.socket === null) response.destroy();
  else response.socket.destroySoon();
}
