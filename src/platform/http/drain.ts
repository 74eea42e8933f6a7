import type { IncomingMessage } from 'node:http';

const MOST_BYTES = 32 * 1024 * 1024;
const MOST_TIME = 5_000;

/**
 * Reads what is left of a request and forgets it, so that a client that writes first and reads then gets its answer and
 * not a broken pipe. Up to 32 MiB and 5 s; then the connection may break.
 */
export async function drain(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const timer = setTimeout(resolve, MOST_TIME);
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) resolve();
    });
    for (const end of ['end', 'close', 'error']) request.once(end, resolve);
    request.once('close', () => {
      clearTimeout(timer);
    });
    request.resume();
  });
}
