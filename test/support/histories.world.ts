/** A small world in which things happen by chance, the same for the same seed. */
import { COLUMNS, FIXED, type Chances, type Columns } from './histories.columns.js';
import { seededRandom } from './random.js';

export const FIRST_DAY = Date.parse('2022-12-01T00:00:00Z');
export const HOUR = 3_600_000;

/** One change of one record. */
export interface Change {
  readonly kind: 'insert' | 'update';
  readonly table: string;
  readonly id: string;
  readonly columns: Readonly<Columns>;
}

/** What was made so far, and what may come next. */
export class World implements Chances {
  readonly random: () => number;
  readonly ids: Record<string, string[]> = {};
  private made = 0;
  private told = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  chance(part: number): boolean {
    return this.random() < part;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  beginning(): Change[] {
    const some = (table: string, count: number): Change[] =>
      Array.from({ length: count }, () => this.insert(table, {}));
    const mergers = some('mergers', 2);
    const merger_id = this.ids['mergers']?.[0];
    return [
      ...mergers,
      ...some('factions', 4),
      ...some('people', 5),
      ...this.ofMerger().map((faction_id, at) => {
        const role = at === 0 ? 'lead' : 'joining';
        return this.insert('participants', { merger_id, faction_id, person_id: null, role });
      }),
      this.insert('milestones', { merger_id, classification: 'announcement', depends_on: [] }),
      ...some('milestones', 2),
      ...some('motions', 1),
      ...some('vote_events', 1),
      ...some('mandates', 1),
      ...some('sources', 1),
    ];
  }

  change(instant: number): Change {
    const table = this.pick([
      ...Object.keys(this.ids),
      'stances',
      'transitions',
      'votes',
      'meetings',
    ]);
    if (this.chance(0.45) || (this.ids[table] ?? []).length === 0)
      return this.insert(this.possible(), this.chance(0.2) ? this.holding(instant) : {});
    return {
      kind: 'update',
      table,
      id: this.pick(this.ids[table] ?? []),
      columns: this.changed(table, instant),
    };
  }

  /** A kind of record whose parents are there. */
  private possible(): string {
    return this.pick(
      Object.keys(COLUMNS).filter(
        (table) =>
          table !== 'mergers' && (table !== 'attendance' || this.ids['meetings'] !== undefined),
      ),
    );
  }

  private ofMerger(): readonly string[] {
    return this.ids['factions']?.slice(0, 2) ?? [];
  }

  private changed(table: string, instant: number): Columns {
    const kind = this.random();
    if (kind < 0.12) return { retracted_at: new Date(instant).toISOString() };
    if (kind < 0.22) return { retracted_at: null };
    if (kind < 0.5) return this.holding(instant);
    const whole = Object.entries(this.columnsOf(table)).filter(
      ([name]) => !FIXED.has(`${table}.${name}`),
    );
    const changed = whole.filter(() => this.chance(0.5));
    return Object.fromEntries(changed.length > 0 ? changed : [['visibility', 'public']]);
  }

  private holding(instant: number): Columns {
    if (this.chance(0.35)) return { visibility: 'draft' };
    if (this.chance(0.5)) return { visibility: 'public', embargo_until: null };
    const until = new Date(instant + this.random() * 200 * HOUR).toISOString();
    return { visibility: 'public', embargo_until: this.chance(0.5) ? until : until.slice(0, 10) };
  }

  private insert(table: string, given: Columns): Change {
    const columns = { ...this.columnsOf(table), ...given };
    // Ids in another order than that of recording.
    const id = `01890000-0000-7000-${String(8000 + Math.floor(this.random() * 1000))}-${String(this.made++).padStart(12, '0')}`;
    (this.ids[table] ??= []).push(id);
    return { kind: 'insert', table, id, columns };
  }

  one(table: string): string {
    return this.pick(this.ids[table] ?? []);
  }

  maybe(table: string): string | null {
    return this.chance(0.5) && (this.ids[table] ?? []).length > 0 ? this.one(table) : null;
  }

  date(): string {
    const date = new Date(FIRST_DAY + Math.floor(this.random() * 45 * 24) * HOUR).toISOString();
    return this.chance(0.2) ? date : date.slice(0, this.chance(0.1) ? 7 : 10);
  }

  merger(): string {
    return this.chance(0.9) ? (this.ids['mergers']?.[0] ?? '') : this.one('mergers');
  }

  private columnsOf(table: string): Columns {
    const columns = COLUMNS[table]?.(this, `${table} ${String(this.told++)}`);
    if (columns === undefined) throw new Error(`${table} is not told of`);
    return columns;
  }
}
