import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICE_KEY } from '../service/service.js';
import type { Told, World } from './world.js';

// One write of so many changes a record; the others make one.
const WRITES_PER_EDIT = 3;
// Shorter than Retry-After asks for, in milliseconds: what is tested is not patience.
const PAUSE = 50;

/**
 * Somebody who records people, and edits the first of them again and again, one write after the other. Each is repeated
 * until it is acknowledged: a new record under the same idempotency key, an edit once they have seen that it is not there.
 */
export class Writer {
  /** The people that it was told are recorded: each id by its name. */
  readonly people = new Map<string, string>();
  /** The summaries that it was told the edited one has had, in their order. */
  readonly edits: string[] = [];
  private version = 1;

  constructor(
    private readonly world: World,
    readonly name: string,
  ) {}

  /** How many writes were acknowledged. */
  get count(): number {
    return this.people.size + this.edits.length;
  }

  /** Writes until it is told to stop; what it has begun then, it ends. */
  async write(isOver: () => boolean): Promise<void> {
    await this.record(this.name);
    for (let turn = 1; !isOver(); turn += 1) {
      const what = `${this.name}-${String(turn)}`;
      await (turn % WRITES_PER_EDIT === 0 ? this.edit(what) : this.record(what));
    }
  }

  private async record(name: string): Promise<void> {
    const key = { 'idempotency-key': randomUUID() };
    for (;;) {
      const told = await this.send('POST', '/v1/people', { name }, key);
      if (told !== null && told.status < 300) {
        this.people.set(name, String(told.body.id));
        return;
      }
      // Not yet: the service was killed, its database is away, or the first attempt is still at work.
      if (told !== null && told.status !== 503 && told.status !== 409) {
        this.world.blame(`recording ${name} was answered ${tell(told)}`);
        return;
      }
      await sleep(PAUSE);
    }
  }

  private async edit(summary: string): Promise<void> {
    const path = `/v1/people/${this.people.get(this.name) ?? ''}`;
    for (;;) {
      const tag = { 'if-match': `"v${String(this.version)}"` };
      const told = await this.send('PATCH', path, { summary }, tag);
      const now = told?.status === 200 ? told : await this.look(path);
      if (now.body.summary === summary && now.body.version === this.version + 1) {
        this.edits.push(summary);
        this.version += 1;
        return;
      }
      // Not yet: the service was killed, or its database is away, and the record is as it was.
      const isOpen = told === null || told.status === 503;
      if (isOpen && now.body.version === this.version) continue;
      this.blameEdit(told, now);
      return;
    }
  }

  /** The record is not as it should be after all that was acknowledged; from here on it is edited as it is. */
  private blameEdit(told: Told | null, now: Told): void {
    const answer = told === null ? 'nothing' : tell(told);
    this.world.blame(
      `editing ${this.name} at version ${String(this.version)} was answered ${answer}, and now it is ${tell(now)}`,
    );
    this.version = Number(now.body.version ?? 1);
  }

  /** The record as it is now, however long it takes to be told; also that it is not. */
  private async look(path: string): Promise<Told> {
    for (;;) {
      const told = await this.send('GET', path);
      if (told !== null && told.status !== 503) return told;
      await sleep(PAUSE);
    }
  }

  private send(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Told | null> {
    const key = { authorization: `Bearer ${SERVICE_KEY}`, 'content-type': 'application/json' };
    return this.world.ask(method, path, {
      headers: { ...key, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

function tell({ status, body }: Told): string {
  return `${String(status)} ${JSON.stringify(body).slice(0, 300)}`;
}
