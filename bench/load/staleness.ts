import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, requestBytes } from './connection.js';
import { editsIn, type Edit, type Editor } from './editor.js';

/** An edit as it was first seen. */
type Sighting = Edit;

// Between two looks: little beside what is to be found, and little work for the machine.
const LOOK_EVERY_MS = 5;

/** How long an edit may take to show before the watch gives up. */
const PATIENCE_MS = 5_000;

/** Edits that were acknowledged, and why others were not. */
export interface Edited {
  readonly edits: readonly Edit[];
  readonly failures: readonly string[];
}

/** Edits at a steady rate, the editors in turn, until it is told to stop. */
export async function editSteadily(
  editors: readonly Editor[],
  perSecond: number,
  signal: AbortSignal,
): Promise<Edited> {
  const period = (1000 * editors.length) / perSecond;
  const start = performance.now();
  const edits: Edit[] = [];
  const failures: string[] = [];
  await Promise.all(
    editors.map(async (editor, place) => {
      for (let turn = 0; ; turn += 1) {
        const due = start + (turn + place / editors.length) * period;
        await sleep(Math.max(0, due - performance.now()));
        if (signal.aborted) return;
        try {
          edits.push(await editor.edit());
        } catch (error) {
          // Counted, since the target is that there is none.
          failures.push(String(error));
        }
      }
    }),
  );
  return { edits, failures };
}

/** Looks at a status again and again, and notes when it first shows each edit. */
export class Watch {
  private readonly sightings: Sighting[] = [];
  private readonly watching: Promise<void>;
  private isOver = false;

  constructor(url: string, path: string) {
    this.watching = this.look(url, path);
    // Told when the watch ends.
    this.watching.catch(() => undefined);
  }

  /**
   * Ends the watch once it has seen the last edits.
   *
   * @returns how long each edit took to be seen after it was acknowledged, in milliseconds; infinity when it never was
   */
  async end(edits: readonly Edit[]): Promise<readonly number[]> {
    const until = performance.now() + PATIENCE_MS;
    const isSeen = (edit: Edit): boolean => this.sightingOf(edit) !== undefined;
    while (!edits.every(isSeen) && performance.now() < until) await sleep(LOOK_EVERY_MS);
    this.isOver = true;
    await this.watching;
    return edits.map((edit) => {
      const sighting = this.sightingOf(edit);
      return sighting ? Math.max(0, sighting.at - edit.at) : Number.POSITIVE_INFINITY;
    });
  }

  /** The first look that showed the edit, or a later one of the same editor. */
  private sightingOf({ editor, number }: Edit): Sighting | undefined {
    return this.sightings.find((each) => each.editor === editor && each.number >= number);
  }

  private async look(url: string, path: string): Promise<void> {
    const connection = await Connection.open(url);
    const request = requestBytes({ path });
    const latest = new Map<number, number>();
    while (!this.isOver) {
      const answer = await connection.ask(request);
      const at = performance.now();
      // One that is refused shows nothing.
      for (const [editor, number] of editsIn(answer.body.toString())) {
        if (number === latest.get(editor)) continue;
        latest.set(editor, number);
        this.sightings.push({ editor, number, at });
      }
      await sleep(LOOK_EVERY_MS);
    }
    connection.close();
  }
}
