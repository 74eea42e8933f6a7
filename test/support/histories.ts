/**
 * Random histories of a small world: records made, changed, retracted, restored, held back and published, each at an instant
 * of its own. They are written in SQL with ids of their own, so that one history can be told twice, the same each time.
 */
import pg from 'pg';
import { FIRST_DAY, HOUR, World, type Change } from './histories.world.js';

/** What is recorded at one instant, ISO with microseconds. */
export interface Batch {
  readonly instant: string;
  readonly changes: readonly Change[];
}

/** A history, and the merger that it is about. */
export interface History {
  readonly batches: readonly Batch[];
  readonly merger: string;
  readonly ids: Readonly<Record<string, readonly string[]>>;
}

/** The history of a seed. */
export function buildHistory(seed: number, batchCount: number): History {
  const world = new World(seed);
  const batches: Batch[] = [{ instant: micros(FIRST_DAY, 0), changes: world.beginning() }];
  let instant = FIRST_DAY;
  for (let made = 1; made < batchCount; made += 1) {
    instant += 1 + Math.floor(world.random() * 30 * HOUR);
    const count = world.chance(0.2) ? 3 : 1;
    const changes = Array.from({ length: count }, () => world.change(instant));
    batches.push({ instant: micros(instant, Math.floor(world.random() * 1000)), changes });
  }
  return { batches, merger: world.pick(world.ids['mergers']?.slice(0, 1) ?? []), ids: world.ids };
}

/** Records a batch. What Postgres refuses has not happened. */
export async function tellBatch(client: pg.Client, { instant, changes }: Batch): Promise<void> {
  for (const change of changes) {
    await client.query('BEGIN');
    try {
      await client.query(`SELECT set_config('accord.instant', $1, true)`, [instant]);
      await client.query(...statementOf(change));
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      if (!(error instanceof pg.DatabaseError) || !/^(23|22)/.test(error.code ?? '')) throw error;
    }
  }
}

/** The statement that makes a change. */
export function statementOf({ kind, table, id, columns }: Change): [string, unknown[]] {
  const names = Object.keys(columns).map((name) => `"${name}"`);
  const values = Object.values(columns).map((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? JSON.stringify(value)
      : value,
  );
  const places = names.map((_, at) => `$${String(at + 2)}`);
  if (kind === 'insert') {
    const text = `INSERT INTO ${table} (id, ${names.join(', ')}) VALUES ($1, ${places.join(', ')})`;
    return [text, [id, ...values]];
  }
  const set = names.map((name, at) => `${name} = ${places[at] ?? ''}`);
  return [`UPDATE ${table} SET ${set.join(', ')} WHERE ${table}.id = $1`, [id, ...values]];
}

function micros(instant: number, micro: number): string {
  return new Date(instant).toISOString().replace('Z', `${String(micro).padStart(3, '0')}Z`);
}
