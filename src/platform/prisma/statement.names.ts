import { createHash } from 'node:crypto';

// The plain ones (a record by its id, a list as it is, a write) are some ten for each kind of record; the others differ by what
// a list is filtered by, in thousands of ways. A large one takes 200 KB of every connection.
const MOST_NAMES = 250;
const USES = 3;
const MOST_SEEN = 5_000;

/**
 * The names under which statements are prepared, each once for every connection, which keeps it for good. So the rare
 * ones get none: a statement is prepared from its third use on, and there are at most 250 of them.
 */
export class StatementNames {
  private readonly names = new Map<string, string>();
  private readonly uses = new Map<string, number>();

  /** The name of a statement; empty when it is not to be prepared. */
  nameOf(sql: string): string {
    const known = this.names.get(sql);
    if (known !== undefined) return known;
    if (this.names.size === MOST_NAMES) return '';
    const name = createHash('sha1').update(sql).digest('base64url');
    const uses = (this.uses.get(name) ?? 0) + 1;
    if (uses < USES) {
      if (this.uses.size === MOST_SEEN) this.uses.clear();
      this.uses.set(name, uses);
      return '';
    }
    this.uses.delete(name);
    this.names.set(sql, name);
    return name;
  }
}
