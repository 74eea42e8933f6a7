import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Tallies, type Tally } from './tallies.js';

// From half a millisecond to the longest that anything waits for the database.
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** An answer that was given. */
export interface Answered {
  readonly method: string;
  /** The pattern of the route, such as `/v1/mergers/:id/status`, never an address; `none` where there is no route. */
  readonly route: string;
  readonly status: number;
}

/** The pools of connections: the one that is shared, and that of the facts behind every status. */
export type PoolName = 'shared' | 'facts';

/** The connections of a pool to the database. */
export interface PoolState {
  readonly total: number;
  readonly idle: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
}

/** How many there are in each state. */
export type Counts = Readonly<Record<string, number>>;

/** What an instance counts and measures, in the words of Prometheus. Each application has its own. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

  private readonly answers = new Tallies(
    'accord_answers_total',
    'Answers by method, pattern of the route and status, those from snapshots included. The share of 304 among the reads is that of status="304".',
    ['method', 'route', 'status'],
    this.registry,
  );

  private readonly snapshots = new Tallies(
    'accord_snapshot_reads_total',
    'Reads of what is kept in snapshots: a hit was answered from one, a miss was computed, a stale one was answered although the database did not say whether it still holds.',
    ['outcome'],
    this.registry,
  );
  private readonly hits = this.snapshots.of({ outcome: 'hit' });
  private readonly misses = this.snapshots.of({ outcome: 'miss' });
  private readonly stale = this.snapshots.of({ outcome: 'stale' });

  private readonly limited = new Tallies(
    'accord_limited_requests_total',
    'Requests that were refused because there were too many, by the policy that refused them.',
    ['policy'],
    this.registry,
  );

  private readonly durations = new Histogram({
    name: 'accord_request_duration_seconds',
    help: 'How long requests took from their head to the end of their answer, by method, pattern of the route and status. Answers from snapshots are given before this is measured, and are only counted.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  private readonly notices = new Histogram({
    name: 'accord_head_notice_seconds',
    help: 'How long it took from when another instance told of a change until it was seen here.',
    buckets: SECONDS,
    registers: [this.registry],
  });

  /** Counts an answer and how long it took, in seconds. */
  answered({ method, route, status }: Answered, seconds: number): void {
    const labels = { method, route, status: String(status) };
    this.answers.of(labels).add();
    this.durations.observe(labels, seconds);
  }

  /** Where to count answers of one kind that are given so fast that measuring them would cost more: keep it, and add to it. */
  tallyOf({ method, route, status }: Answered): Tally {
    return this.answers.of({ method, route, status: String(status) });
  }

  /** An answer came from a snapshot that holds. */
  snapshotHit(): void {
    this.hits.add();
  }

  /** There was no snapshot that holds. */
  snapshotMiss(): void {
    this.misses.add();
  }

  /** An answer came from a snapshot of which nobody could say whether it still holds. */
  snapshotStale(): void {
    this.stale.add();
  }

  /** A request was refused by a quota. */
  limitedBy(policy: string): void {
    this.limited.of({ policy }).add();
  }

  /** A change of another instance was seen, so many seconds after it was told. */
  noticedAfter(seconds: number): void {
    this.notices.observe(seconds);
  }

  /** Has each scrape ask how many clients the stream has. */
  readStreams(clients: () => number): void {
    this.read('accord_stream_clients', 'Clients of the stream at the moment.', clients);
  }

  /** Has each scrape ask how old the last confirmation of the ledger's head is, in seconds. */
  readHeadAge(age: () => number): void {
    const help = 'How long ago the head of the ledger was last confirmed.';
    this.read('accord_head_age_seconds', help, age);
  }

  /** Has each scrape ask for the state of the pools. */
  readPools(states: () => Readonly<Record<PoolName, PoolState>>): void {
    new Gauge({
      name: 'accord_pool_connections',
      help: 'Connections to the database, by their pool (that of the facts behind a status is one of its own) and by what they do: all, or idle.',
      labelNames: ['pool', 'state'],
      registers: [this.registry],
      collect() {
        for (const [pool, { total, idle }] of Object.entries(states())) {
          this.set({ pool, state: 'all' }, total);
          this.set({ pool, state: 'idle' }, idle);
        }
      },
    });
    new Gauge({
      name: 'accord_pool_waiting',
      help: 'Requests that wait for a connection to the database, by the pool.',
      labelNames: ['pool'],
      registers: [this.registry],
      collect() {
        for (const [pool, { waiting }] of Object.entries(states())) this.set({ pool }, waiting);
      },
    });
  }

  /** Has each scrape ask how many webhooks there were when that was looked at last, and deliveries, by their state. */
  readWebhooks(counts: () => Readonly<Record<'webhooks' | 'deliveries', Counts>>): void {
    const read = (name: string, help: string, value: () => Counts): void => {
      new Gauge({
        name,
        help,
        labelNames: ['state'],
        registers: [this.registry],
        collect() {
          for (const [state, count] of Object.entries(value())) this.set({ state }, count);
        },
      });
    };
    read(
      'accord_webhooks',
      'Webhooks, by whether they are enabled; the same of every instance.',
      () => counts().webhooks,
    );
    read(
      'accord_webhook_deliveries',
      'Messages to webhooks that are on their way, and that were given up; the same of every instance.',
      () => counts().deliveries,
    );
  }

  /** Has each scrape tell of the process too: memory, descriptors, garbage, the delay of the event loop. Once in a process. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** All of it, as Prometheus reads it. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** The media type of `text`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  private read(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }
}
