import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { answered, allOf, Refusal, Unreachable } from '../../client/answers.js';
import type { AccordClient } from '../../client/client.js';
import { followChanges } from '../../client/stream.js';
import { presentBoard, presentOverview } from '../board.js';
import { Misuse } from '../exit.js';
import { plain } from '../output.js';
import { does, type Ending, type Session } from '../session.js';

/** Deadlines pass without a change: this often it is looked at anyway, in milliseconds. */
const LONGEST_SIGHT = 60_000;

/** Between two drawings, in milliseconds: many changes may come at once. */
const SHORTEST_SIGHT = 1_000;

/** How far mergers are. */
export function addStatus(program: Command, ending: Ending): void {
  does(
    program
      .command('status')
      .description('how far a merger is, or every open one')
      .argument('[merger]', 'its id or slug')
      .option('--as-of <time>', 'what was true in the world then')
      .option('--known-at <time>', 'what was recorded by then')
      .option('--watch', 'draw it again whenever it changes'),
    ending,
    show,
  );
}

interface Asked {
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly watch?: true;
}

/** What is shown: the same text means that nothing is new. */
interface Sight {
  readonly value: unknown;
  readonly lines: readonly string[];
}

async function show(
  session: Session,
  merger: string | undefined,
  asked: Asked,
): Promise<undefined> {
  const { asOf, knownAt } = asked;
  if (asked.watch === true && knownAt !== undefined) {
    throw new Misuse('What was recorded by then does not change: --watch goes without --known-at.');
  }
  const query = { ...(asOf !== undefined && { asOf }), ...(knownAt !== undefined && { knownAt }) };
  const look = (): Promise<Sight> =>
    merger === undefined
      ? lookAtAll(session.client, query)
      : lookAtOne(session.client, merger, query);
  if (asked.watch === true) await watch(session, look);
  else {
    const { value, lines } = await look();
    session.output.give(value, () => lines);
  }
}

type Times = Pick<Asked, 'asOf' | 'knownAt'>;

async function lookAtAll(client: AccordClient, times: Times): Promise<Sight> {
  const open = await allOf((cursor) =>
    answered(
      client.GET('/v1/status', {
        params: { query: { limit: 100, ...times, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  return { value: open, lines: presentOverview(open) };
}

async function lookAtOne(client: AccordClient, id: string, query: Times): Promise<Sight> {
  const status = await answered(
    client.GET('/v1/mergers/{id}/status', { params: { path: { id }, query } }),
  );
  return { value: status, lines: presentBoard(status) };
}

/** Draws, and draws again after every change, however many come at once, and every minute. */
async function watch({ client, output }: Session, look: () => Promise<Sight>): Promise<never> {
  const bell = new Bell();
  let drawn = '';
  const redraw = async (): Promise<void> => {
    const { value, lines } = await look();
    const text = JSON.stringify(value);
    if (text === drawn) return;
    // The screen from its top, and nothing below.
    if (process.stdout.isTTY && !output.json) process.stdout.write('\u001b[H\u001b[J');
    else if (drawn !== '' && !output.json) process.stdout.write('\n');
    drawn = text;
    output.give(value, () => lines);
  };
  const over = new AbortController();
  const listening = listen(client, { say: output.say.bind(output), bell, signal: over.signal });
  // It is waited for below; that it may fail before is no other failure.
  listening.catch(() => undefined);
  try {
    await redraw();
    for (;;) {
      await Promise.race([bell.rung(), listening, sleep(LONGEST_SIGHT, undefined, { ref: false })]);
      bell.still();
      const rested = sleep(SHORTEST_SIGHT);
      await redraw().catch((error: unknown) => {
        if (!isPassing(error)) throw error;
      });
      await rested;
    }
  } finally {
    // Else the stream goes on, and we with it.
    over.abort();
  }
}

/** Rung by whoever knows of something new, at any time. */
class Bell {
  private isRung = false;
  private wake: () => void = () => undefined;

  ring(): void {
    this.isRung = true;
    this.wake();
  }

  /** Over at once when it was rung since it was stilled. */
  async rung(): Promise<void> {
    if (!this.isRung) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  still(): void {
    this.isRung = false;
  }
}

/** Who is told, and until when. */
interface Listening {
  readonly say: (text: string) => void;
  readonly bell: Bell;
  readonly signal: AbortSignal;
}

/** Never comes back before its signal but by throwing: the changes of all mergers, since a person's name belongs to none of them. */
async function listen(client: AccordClient, { say, bell, signal }: Listening): Promise<void> {
  const changes = followChanges(client, {
    signal,
    onLost: (reason) => {
      say(`The connection is lost (${plain(reason)}), and tried again.`);
    },
    // What happened before, or while there was no connection, is looked at.
    onFound: () => {
      bell.ring();
    },
  });
  // What it is does not matter.
  while ((await changes.next()).done !== true) bell.ring();
}

/** Is told again by the stream, which comes back by itself. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof Unreachable ||
    (error instanceof Refusal && (error.status >= 500 || error.status === 429))
  );
}
