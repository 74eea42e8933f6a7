import { Injectable } from '@nestjs/common';
import type { StatusSummary } from '../../domain/status.js';
import type { View } from '../../platform/auth/caller.js';
import { Clock } from '../../platform/clock/clock.js';
import { Head } from '../../platform/snapshots/head.js';

/** A summary, and the time in the world for which it holds by the same facts, milliseconds since 1970 UTC. */
export interface Summed {
  readonly summary: StatusSummary;
  readonly span: { readonly from: number; readonly until: number };
}

interface Kept extends Summed {
  readonly tick: number;
  readonly instant: string | null;
}

// A summary takes a kilobyte.
const MOST = 20_000;

/** What is known of open mergers, as long as their records stay as they are. */
@Injectable()
export class KeptSummaries {
  private readonly summaries = new Map<string, Kept>();

  constructor(
    private readonly head: Head,
    private readonly clock: Clock,
  ) {}

  /** The tick of the ledger's head, to be taken before the facts are read. */
  tick(): number {
    return this.head.touches.tick;
  }

  /** Whether nothing has changed since a tick: the ledger is asked. True when it does not answer. */
  async isStill(tick: number): Promise<boolean> {
    return !(await this.head.confirm()) || this.tick() === tick;
  }

  /** The time in the world, as far as it is known without a question; milliseconds since 1970 UTC. */
  time(): number {
    return this.clock.world() ?? this.head.now();
  }

  /** What is known of a merger and still holds. Who asks has had the ledger asked. */
  get(view: View, id: string): Summed | undefined {
    const kept = this.summaries.get(`${view} ${id}`);
    if (kept === undefined || !this.head.isConfirmed()) return undefined;
    const { tick, instant, span } = kept;
    if (!this.head.touches.areOlder(id, tick) || instant !== this.clock.instant()) return undefined;
    const time = this.time();
    return time >= span.from && time < span.until ? kept : undefined;
  }

  set(view: View, { summary, span }: Summed, tick: number): void {
    if (this.summaries.size >= MOST) this.summaries.clear();
    const instant = this.clock.instant();
    this.summaries.set(`${view} ${summary.merger.id}`, { summary, span, tick, instant });
  }
}
