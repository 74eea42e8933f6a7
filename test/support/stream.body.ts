/** The text of an answer, be it one that has no end. */

export const STREAM_TYPE = 'text/event-stream';

/** A line that is a comment: all that was missed is told, or nothing happens. */
const COMMENT = /^:/m;

/**
 * The text of a body. A stream has no end: of it, what comes before the comment that says that all has been told which there was.
 */
export async function bodyOf(response: Response): Promise<string> {
  const isStream = response.headers.get('content-type') === STREAM_TYPE;
  if (!isStream || response.body === null) return response.text();
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (COMMENT.test(text)) break;
  }
  return text;
}
