import type { RowWithin } from './exports.db.js';

/** Rows that stand within others, read along with these: both in the order of the ids of what is above. */
export class Following {
  private rows: readonly RowWithin[] = [];
  private at = 0;

  constructor(private readonly pages: AsyncIterator<readonly RowWithin[]>) {}

  /** Those within a record. Asked in the order of the ids; what is within none that was asked for is passed over. */
  async within(id: string): Promise<readonly RowWithin[]> {
    const found: RowWithin[] = [];
    for (let row = await this.current(); row && row.above <= id; row = await this.current()) {
      if (row.above === id) found.push(row);
      this.at += 1;
    }
    return found;
  }

  private async current(): Promise<RowWithin | undefined> {
    if (this.at < this.rows.length) return this.rows[this.at];
    const next = await this.pages.next();
    this.rows = next.done === true ? [] : next.value;
    this.at = 0;
    return this.rows[0];
  }
}
