import type { HeadRow } from './head.db.js';

/** What an answer rests on: the records of one merger and those that count for any, or `null`: all there is. */
export type Scope = string | null;

/** What changed, as somebody is told who waits for changes. */
export interface Touched {
  readonly any: boolean;
  readonly all: boolean;
  readonly mergers: ReadonlySet<string>;
  readonly keys: boolean;
  readonly hides: boolean;
}

// Each is a number by an id of 36 characters.
const MOST_MERGERS = 20_000;

/** When what was last touched, counted in ticks: a tick for each time that something was. */
export class Touches {
  /** What is made from now on rests on all that was touched up to this tick. */
  tick = 1;
  private any = 1;
  private all = 1;
  private keys = 1;
  private readonly mergers = new Map<string, number>();

  /** Whether what was made at a tick still rests on what is there. */
  areOlder(scope: Scope, made: number): boolean {
    if (scope === null) return this.any <= made;
    return this.all <= made && (this.mergers.get(scope) ?? 0) <= made;
  }

  /** The same of the keys. */
  areKeysOlder(made: number): boolean {
    return this.keys <= made;
  }

  /** Notes what came since the ledger was asked before; undefined when nothing did. */
  note(row: HeadRow): Touched | undefined {
    if (!row.touchesAny && !row.keysChanged) return undefined;
    this.tick += 1;
    if (row.touchesAny) this.any = this.tick;
    if (row.touchesAll || this.mergers.size + row.mergers.length > MOST_MERGERS) {
      this.all = this.tick;
      this.mergers.clear();
    } else {
      for (const id of row.mergers) this.mergers.set(id, this.tick);
    }
    if (row.keysChanged) this.keys = this.tick;
    return {
      any: row.touchesAny,
      all: row.touchesAll,
      mergers: new Set(row.mergers),
      keys: row.keysChanged,
      hides: row.hides,
    };
  }
}
