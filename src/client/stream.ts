import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { answered, Refusal, Unreachable, unreachable } from './answers.js';
import type { AccordClient, Schemas } from './client.js';

/** An entry of the feed, and the cursor after it. */
export interface Told {
  readonly cursor: string;
  readonly change: Schemas['Change'];
}

/** What to follow, and from where on. */
export interface Following {
  /** Only what belongs to these mergers, by their ids, parted by commas. */
  readonly mergerId?: string | undefined;
  readonly view?: 'public' | undefined;
  /** After which cursor; left out, or `latest` as of the feed, from now on. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told once whenever the connection is lost. */
  readonly onLost?: ((reason: string) => void) | undefined;
  /** Told whenever there is a connection, with the cursor that it begins after. */
  readonly onFound?: ((cursor: string) => void) | undefined;
}

/** A comment comes every 15 s: without anything for longer than two, the connection is dead. In milliseconds. */
const LONGEST_SILENCE = 40_000;

/** In place of a cursor: from where the feed ends now. */
const LATEST = 'latest';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/**
 * Every change as it is committed, each once and in the feed's order. A connection that is lost is made again with the last
 * event's id, as often as it takes. Ends when it is told to by its signal.
 *
 * @throws Refusal when the service does not take what was asked for
 * @throws Unreachable when there is no connection to begin with
 */
export async function* followChanges(
  client: AccordClient,
  following: Following,
): AsyncGenerator<Told> {
  const signal = following.signal ?? new AbortController().signal;
  const filter = filterOf(following);
  const patience = new Patience(following);
  const { after = LATEST } = following;
  let cursor = after === LATEST ? await latest(client, following) : after;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      for await (const told of connect(client, { filter, cursor, signal }, () => {
        patience.found(cursor);
      })) {
        cursor = told.cursor;
        yield told;
      }
      patience.lose(new Unreachable('the stream came to its end'));
    } catch (error) {
      if (isOver()) return;
      patience.lose(error);
    }
    await patience.wait(signal);
  }
}

/** How long it is waited before a connection is tried again, and who is told. */
class Patience {
  private wasFound = false;
  private pause = FIRST_PAUSE;
  private readonly following: Following;

  constructor(following: Following) {
    this.following = following;
  }

  found(cursor: string): void {
    this.wasFound = true;
    this.pause = FIRST_PAUSE;
    this.following.onFound?.(cursor);
  }

  /** @throws the error, when to come again does not help, or there never was a connection */
  lose(error: unknown): void {
    if (!this.wasFound || !passes(error)) throw error;
    if (this.pause === FIRST_PAUSE) this.following.onLost?.((error as Error).message);
  }

  /** Ends early when it is interrupted. */
  async wait(signal: AbortSignal): Promise<void> {
    await sleep(this.pause, undefined, { signal }).catch(() => undefined);
    this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
  }
}

type Filter = Pick<Following, 'mergerId' | 'view'>;

function filterOf({ mergerId, view }: Following): { mergerId?: string; view?: 'public' } {
  return { ...(mergerId !== undefined && { mergerId }), ...(view !== undefined && { view }) };
}

/** Where the feed ends now: from there on nothing is missed, whatever happens to the first connection. */
async function latest(client: AccordClient, following: Following): Promise<string> {
  const query = { ...filterOf(following), after: LATEST };
  const { page } = await answered(client.GET('/v1/changes', { params: { query } }));
  return page.next;
}

interface Connection {
  readonly filter: Filter;
  readonly cursor: string;
  readonly signal: AbortSignal;
}

async function* connect(
  client: AccordClient,
  { filter, cursor, signal }: Connection,
  onFound: () => void,
): AsyncGenerator<Told> {
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new Unreachable('nothing was heard for a while'));
  }, LONGEST_SILENCE);
  try {
    const params = { query: filterOf(filter), header: { 'Last-Event-ID': cursor } };
    const body = await answered(
      client.GET('/v1/stream', {
        params,
        parseAs: 'stream',
        signal: AbortSignal.any([silence.signal, signal]),
      }),
    );
    onFound();
    yield* eventsIn(body, timer);
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

async function* eventsIn(
  body: ReadableStream<Uint8Array>,
  timer: NodeJS.Timeout,
): AsyncGenerator<Told> {
  const told: Told[] = [];
  const parser = createParser({
    onEvent: ({ id = '', data }) => {
      told.push({ cursor: id, change: JSON.parse(data) as Schemas['Change'] });
    },
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      timer.refresh();
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* told.splice(0);
    }
  } catch (error) {
    throw error instanceof Unreachable ? error : unreachable(error);
  }
}

/** Whether to come again helps: what is refused now is refused then. */
function passes(error: unknown): boolean {
  return (
    error instanceof Unreachable ||
    (error instanceof Refusal && (error.status >= 500 || error.status === 429))
  );
}
