import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { SnapshotStore } from './snapshot.store.js';
import { Head } from './head.js';
import { Snapshot, type Basis, type Keep, type Made } from './snapshot.js';

/** What the operator sets of kept answers. */
export interface SnapshotSettings {
  /** How old an answer may be that is given while the database is away, in seconds; 0: none is. */
  readonly mostStale: number;
}

/** The token of {@link SnapshotSettings}. */
export const SNAPSHOT_SETTINGS = Symbol('SnapshotSettings');

/** The answers that are given again, and whether they still hold. */
@Injectable()
export class Snapshots {
  private readonly store = new SnapshotStore();

  constructor(
    private readonly head: Head,
    private readonly clock: Clock,
    @Inject(SNAPSHOT_SETTINGS) private readonly settings: SnapshotSettings,
  ) {
    // What may be seen no longer is not even kept for when the database is away.
    head.onTouched(({ hides, all, mergers }) => {
      if (!hides) return;
      this.store.forget(({ basis: { scope } }) => all || scope === null || mergers.has(scope));
    });
  }

  /** The answer at an address, if it holds and that is known; no question is asked. */
  holding(address: string): Snapshot | undefined {
    return this.head.isConfirmed() ? this.justConfirmed(address) : undefined;
  }

  /** The same when the ledger was asked just now. */
  justConfirmed(address: string): Snapshot | undefined {
    const answer = this.store.get(address);
    if (answer === undefined || !this.holds(answer)) return undefined;
    answer.heldAt = this.head.confirmedAt;
    answer.wasAsked = true;
    return answer;
  }

  /** Whether the making of an answer began at a tick of the head or later, and its time is not over. */
  isSince({ basis }: Snapshot, tick: number): boolean {
    return basis.made >= tick && this.isTimely(basis);
  }

  /** Whether an answer at an address is kept, be it out of date. */
  knows(address: string): boolean {
    return this.store.get(address) !== undefined;
  }

  /**
   * Keeps an answer whose making began at a tick of the head; but not one that was overtaken by a change meanwhile: what that
   * has hidden would be there again.
   *
   * @param since how long ago the making began, in milliseconds
   */
  keep(
    address: string,
    { scope, span, made, since }: Keep & { readonly made: number; readonly since: number },
    answer: Made & { readonly body: string },
  ): Snapshot {
    const basis = { scope, span, made, instant: this.clock.instant() };
    const kept = new Snapshot(basis, answer.body, answer);
    kept.heldAt -= since;
    if (this.head.touches.areOlder(scope, made)) this.store.set(address, kept);
    return kept;
  }

  /** An answer that is out of date or not known not to be, and its age in whole seconds, if it may be given for want of a better one. */
  stale(address: string): { readonly answer: Snapshot; readonly age: number } | undefined {
    const answer = this.store.get(address);
    // What this instance has hidden last is not known to be looked at.
    if (answer === undefined || this.head.mayHaveHidden()) return undefined;
    const since = this.holds(answer) ? this.head.age() : performance.now() - answer.heldAt;
    const age = Math.ceil(since / 1000);
    return age > this.settings.mostStale ? undefined : { answer, age };
  }

  private holds({ basis }: Snapshot): boolean {
    return this.head.touches.areOlder(basis.scope, basis.made) && this.isTimely(basis);
  }

  private isTimely({ span, instant }: Basis): boolean {
    if (this.clock.instant() !== instant) return false;
    if (span === null) return true;
    const time = this.clock.world() ?? this.head.now();
    return time >= span.from && time < span.until;
  }
}
