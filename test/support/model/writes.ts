/** Random changes, as editors make them over HTTP and as somebody makes them in SQL. */
import pg from 'pg';
import { World, type Change } from '../histories.world.js';
import { statementOf } from '../histories.js';
import { ADMIN_KEY } from '../app.js';
import type { Instance } from './instances.js';
import type { Heard, Wire } from './wire.js';

/** What is sent in place of a change of one record. */
interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Where a nested record is made: beneath which, and by which column. */
const NESTED: Readonly<Record<string, readonly [above: string, column: string, below: string]>> = {
  stances: ['participants', 'participant_id', 'stances'],
  transitions: ['milestones', 'milestone_id', 'transitions'],
  attendance: ['meetings', 'meeting_id', 'attendance'],
  successions: ['mergers', 'merger_id', 'succession'],
};

const MERGED = ['people', 'factions'] as const;

/** Who writes. */
export class Writer {
  readonly world: World;
  /** How many changes of each kind were taken. */
  readonly taken = new Map<string, number>();
  private readonly merges: string[] = [];

  constructor(
    seed: number,
    private readonly wire: Wire,
    private readonly sql: pg.Client,
  ) {
    this.world = new World(seed);
  }

  /** Makes what the histories begin with. What Postgres refuses has not happened. */
  async begin(): Promise<void> {
    for (const change of this.world.beginning()) {
      await this.sql.query(...statementOf(change)).catch((error: unknown) => {
        if (!(error instanceof pg.DatabaseError)) throw error;
      });
    }
  }

  /** One change of any kind over HTTP; whether it was taken. */
  async change(on: Instance): Promise<boolean> {
    const { world } = this;
    const kind = world.random();
    if (kind < 0.08) return this.merge(on);
    if (kind < 0.1) return this.purge(on);
    return this.send(on, world.change(Date.now()));
  }

  /** A change past the API: one or some statements in a transaction, now and then one that is taken back. */
  async changeInSql(): Promise<boolean> {
    const count = this.world.chance(0.3) ? 3 : 1;
    await this.sql.query('BEGIN');
    try {
      for (let at = 0; at < count; at += 1)
        await this.sql.query(...statementOf(this.world.change(Date.now())));
      const isKept = this.world.chance(0.9);
      await this.sql.query(isKept ? 'COMMIT' : 'ROLLBACK');
      if (isKept) this.count('sql');
      return isKept;
    } catch (error) {
      await this.sql.query('ROLLBACK');
      if (error instanceof pg.DatabaseError) return false;
      throw error;
    }
  }

  /** Has something become visible, or something end, at an instant that is soon; whether that was taken. */
  async changeUntil(on: Instance, instant: string, kind: 'embargo' | 'deadline'): Promise<boolean> {
    const { world } = this;
    const table =
      kind === 'deadline'
        ? 'mandates'
        : world.pick(['mergers', 'people', 'milestones', 'factions']);
    const columns =
      kind === 'deadline'
        ? { revoked_on: instant, visibility: 'public', embargo_until: null }
        : { visibility: 'public', embargo_until: instant };
    const change = {
      kind: 'update',
      table,
      id: world.pick(world.ids[table]?.slice(0, 2) ?? []),
      columns,
    } as const;
    return this.send(on, change, kind);
  }

  private async send(on: Instance, change: Change, kind = kindOf(change)): Promise<boolean> {
    const answer = await this.ask(on, requestOf(change));
    if (change.kind === 'insert') {
      const ids = this.world.ids[change.table] ?? [];
      // It has an id of its own, if it is there.
      ids.splice(ids.indexOf(change.id), 1, ...(answer.status === 201 ? [idOf(answer)] : []));
    }
    return this.isTaken(answer, kind);
  }

  private async merge(on: Instance): Promise<boolean> {
    const { world } = this;
    const undone = world.chance(0.4) ? this.merges.pop() : undefined;
    if (undone !== undefined)
      return this.isTaken(
        await this.ask(on, { method: 'DELETE', path: `/v1/merges/${undone}` }),
        'undo',
      );
    const type = world.pick(MERGED);
    const body = { duplicateId: world.one(type) };
    const path = `/v1/${type}/${world.one(type)}/merges`;
    const answer = await this.ask(on, { method: 'POST', path, body });
    if (answer.status === 201) this.merges.push(idOf(answer));
    return this.isTaken(answer, 'merge');
  }

  private async purge(on: Instance): Promise<boolean> {
    const table = this.world.pick(['votes', 'stances', 'transitions', 'predictions']);
    const ids = this.world.ids[table] ?? [];
    if (ids.length === 0) return false;
    const recordId = this.world.pick(ids);
    const body = { recordType: typeOf(table), recordId };
    const answer = await this.ask(on, { method: 'POST', path: '/v1/purges', body }, ADMIN_KEY);
    if (answer.status === 201) ids.splice(ids.indexOf(recordId), 1);
    return this.isTaken(answer, 'purge');
  }

  private ask(
    { accord }: Instance,
    { method, path, body }: Request,
    key = accord.editorKey,
  ): Promise<Heard> {
    const headers = { authorization: `Bearer ${key}`, 'if-match': '*', 'x-reason': 'by chance' };
    return this.wire.send(accord.baseUrl + path, method, { headers, body });
  }

  private isTaken({ status, body }: Heard, kind: string): boolean {
    if (status >= 500)
      throw new Error(`a write was answered ${String(status)}: ${body.toString()}`);
    if (status >= 300) return false;
    this.count(kind);
    return true;
  }

  private count(kind: string): void {
    this.taken.set(kind, (this.taken.get(kind) ?? 0) + 1);
  }
}

/** The word of a table's path. */
function typeOf(table: string): string {
  return table.replace('_', '-');
}

function kindOf({ kind, columns }: Change): string {
  if (kind === 'insert') return 'create';
  if ('retracted_at' in columns) return columns['retracted_at'] === null ? 'restore' : 'retract';
  return 'visibility' in columns || 'embargo_until' in columns ? 'hold' : 'patch';
}

function requestOf(change: Change): Request {
  const { table, id, columns } = change;
  const type = typeOf(table);
  const at = `/v1/${type}/${id}`;
  switch (kindOf(change)) {
    case 'retract':
      return { method: 'DELETE', path: at };
    case 'restore':
      return { method: 'POST', path: `${at}/restorations`, body: {} };
    case 'create':
      return creation(table, columns);
    default:
      return { method: 'PATCH', path: at, body: bodyOf(columns) };
  }
}

function creation(table: string, columns: Change['columns']): Request {
  const nested = NESTED[table];
  if (nested === undefined)
    return { method: 'POST', path: `/v1/${typeOf(table)}`, body: bodyOf(columns) };
  const [above, column, below] = nested;
  const { [column]: id, ...rest } = columns;
  return { method: 'POST', path: `/v1/${above}/${String(id)}/${below}`, body: bodyOf(rest) };
}

/** The fields of a body by the columns of a row: `satisfied_by_…_id` are within one field. */
function bodyOf(columns: Change['columns']): Readonly<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(columns)) {
    const [, what] = /^satisfied_by_(\w+)_id$/.exec(column) ?? [];
    if (what === undefined) body[camelCase(column)] = value;
    else if (value !== null) body['satisfiedBy'] = { [`${what}Id`]: value };
    else body['satisfiedBy'] ??= null;
  }
  return body;
}

function camelCase(column: string): string {
  return column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function idOf({ body }: Heard): string {
  return String((JSON.parse(body.toString()) as { readonly id: unknown }).id);
}
