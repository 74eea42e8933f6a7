import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { askHead, CHANNEL, type Ask, type HeadRow } from './head.db.js';
import { LedgerConnection } from './ledger.connection.js';
import { isWithin } from './seen.js';
import { Touches, type Touched } from './touches.js';

/** Where the ledger is asked, and where its listener connects, if that is elsewhere: LISTEN needs a session of its own. */
export interface HeadAddress {
  readonly url: string;
  readonly listenUrl?: string | undefined;
}

// In milliseconds. Together they keep what is answered below a second of age, and below two with the one that a shared
// cache may add: so long an answer of the ledger counts, and so long the next one may take, whatever breaks.
const CONFIRMED_FOR = 500;
const ASK_TIMEOUT = 500;
/** How often the listener asks by itself, for what nobody told: it is the heartbeat of its connection, too. */
const POLL_EVERY = 200;
/** How often the others are told at most. */
const TELL_EVERY = 15;
/** Nothing was heard from the database for so long and so often as it was asked: it is away. */
const AWAY_AFTER = 2_000;
const AWAY_FAILURES = 4;

/**
 * The head of the ledger, as this instance knows it: what was committed, by whomever, and since when that is known. Whatever
 * is kept in memory rests on it.
 *
 * Two connections beside the pool: a listener, which hears of commits and polls for those that nobody tells of, and one on
 * which is asked when it must be known at once. Where the listener is gone or stalls, every question is asked.
 */
@Injectable()
export class Head implements OnApplicationShutdown {
  readonly touches = new Touches();
  private readonly listener: LedgerConnection;
  private readonly asker: LedgerConnection;
  private readonly listeners = new Set<(touched: Touched) => void>();
  private readonly noticers = new Set<(seconds: number) => void>();
  /** Since when there is something to ask for that another instance has told of; by the database's clock, in milliseconds. */
  private newsSince: number | null = null;
  private known: (HeadRow & { readonly heardAt: number }) | null = null;
  /** When the question was sent whose answer was the last; a clock that only goes on, in milliseconds. */
  confirmedAt = -Infinity;
  /** How many commits of this instance there were, those that may have hidden something, and how many of them were looked at. */
  private commits = 0;
  private hidingCommits = 0;
  private confirmedCommits = 0;
  private asking: Promise<void> | undefined;
  private next: Promise<boolean> | undefined;
  private isTelling = false;
  private toldAt = -Infinity;
  private isUntold = false;
  private isListening = false;
  private isPolling = false;
  private isToldAgain = false;
  private failingSince = Infinity;
  private failures = 0;
  /** Until when what is known counts, by the clock of `confirmedAt`. */
  private confirmedUntil = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private hasEnded = false;

  constructor({ url, listenUrl = url }: HeadAddress) {
    this.asker = new LedgerConnection(url, 'accord head');
    this.listener = new LedgerConnection(listenUrl, 'accord listener', CHANNEL, (backend, at) => {
      if (backend === this.asker.backend) return;
      this.newsSince ??= Number(at);
      this.poll();
    });
  }

  /** Begins to listen. Before, nothing is known, and nothing that is kept counts. */
  start(): void {
    this.poll();
  }

  /** Whether all that was committed is known, but for what came just now: within a second, elsewhere; nothing, here. */
  isConfirmed(): boolean {
    return performance.now() < this.confirmedUntil;
  }

  /** The same, but for what this instance itself has committed since. */
  isHeard(): boolean {
    return this.isListening && performance.now() - this.confirmedAt < CONFIRMED_FOR;
  }

  /** Over when the question is that is under way, if one is: it may be the one after this instance's last commit. */
  async answered(): Promise<void> {
    await this.asking;
  }

  /** Asks the ledger. False: there was no answer. */
  async confirm(): Promise<boolean> {
    if (this.hasEnded) return false;
    // A question that is under way does not tell of what came since; all who ask meanwhile share the next.
    this.next ??= (this.asking ?? Promise.resolve()).then(() => {
      this.next = undefined;
      return this.ask(this.asker);
    });
    return this.next;
  }

  /**
   * Notes that this instance has committed something: nothing kept counts until the ledger was asked, and the others are
   * told soon.
   *
   * @param mayHide whether something may be seen no longer that was seen before
   */
  noteCommit(mayHide: boolean): void {
    this.commits += 1;
    if (mayHide) this.hidingCommits = this.commits;
    this.confirmedUntil = -Infinity;
    this.isUntold = true;
    this.tellSoon();
  }

  /** Whether nothing is heard from the database: not even what this instance committed last is known to be looked at. */
  isAway(): boolean {
    return this.failures >= AWAY_FAILURES && performance.now() - this.failingSince >= AWAY_AFTER;
  }

  /** Whether a commit of this instance has not been looked at. */
  hasCommitted(): boolean {
    return this.commits > this.confirmedCommits;
  }

  /** Whether a commit of this instance that may have hidden something has not been looked at. */
  mayHaveHidden(): boolean {
    return this.hidingCommits > this.confirmedCommits;
  }

  /** How long ago the ledger was asked last, in milliseconds. */
  age(): number {
    return performance.now() - this.confirmedAt;
  }

  /** The database's time, in milliseconds since 1970 UTC, as far as it is known. */
  now(): number {
    return this.known === null
      ? Date.now()
      : this.known.instant + performance.now() - this.known.heardAt;
  }

  /** Has somebody told what changes, as soon as it is known. */
  onTouched(listener: (touched: Touched) => void): void {
    this.listeners.add(listener);
  }

  /** Has somebody told how long it took from when another instance told of a change until it was seen here, in seconds. */
  onNoticed(noticer: (seconds: number) => void): void {
    this.noticers.add(noticer);
  }

  onApplicationShutdown(): void {
    this.hasEnded = true;
    clearTimeout(this.timer);
    this.listener.close();
    this.asker.close();
  }

  /** An answer counts for a while, where others are listened to, and no longer than to the end of the next embargo. */
  private judgeConfirmed(): void {
    const { known } = this;
    if (!this.isListening || known === null || this.confirmedCommits !== this.commits) {
      this.confirmedUntil = -Infinity;
      return;
    }
    const lifting = known.nextLifting ?? Infinity;
    this.confirmedUntil = Math.min(
      this.confirmedAt + CONFIRMED_FOR,
      known.heardAt + lifting - known.instant,
    );
  }

  private tellSoon(): void {
    if (this.isTelling || this.hasEnded) return;
    this.isTelling = true;
    const wait = Math.max(0, this.toldAt + TELL_EVERY - performance.now());
    setTimeout(() => {
      // Who asked meanwhile has told.
      const telling = this.isUntold ? this.confirm() : Promise.resolve();
      void telling.finally(() => {
        this.isTelling = false;
        // What came while it was asked, or could not be told.
        if (this.isUntold && !this.isAway()) this.tellSoon();
      });
    }, wait).unref();
  }

  /** Polls over the listener, now and from then on; what is heard meanwhile is asked for afterwards. */
  private poll(): void {
    if (this.hasEnded) return;
    if (this.isPolling) {
      this.isToldAgain = true;
      return;
    }
    this.isPolling = true;
    clearTimeout(this.timer);
    const told = this.newsSince;
    this.newsSince = null;
    void this.ask(this.listener).then((answered) => {
      if (told !== null && answered) this.noticedSince(told);
      this.isListening = answered;
      this.isPolling = false;
      this.judgeConfirmed();
      if (this.hasEnded) return;
      // Its way to the database may be another one: the asker tells whether that is away.
      if (!answered) void this.confirm();
      if (this.isToldAgain && answered) {
        this.isToldAgain = false;
        this.poll();
        return;
      }
      this.timer = setTimeout(() => {
        this.poll();
      }, POLL_EVERY).unref();
    });
  }

  private noticedSince(told: number): void {
    const seconds = Math.max(0, this.now() - told) / 1_000;
    for (const noticer of this.noticers) noticer(seconds);
  }

  private async ask(connection: LedgerConnection): Promise<boolean> {
    const isAsker = connection === this.asker;
    const tells = isAsker && this.isUntold;
    if (tells) {
      this.isUntold = false;
      this.toldAt = performance.now();
    }
    const answer = this.questionOn(connection, tells);
    if (isAsker) this.asking = answer.then(() => undefined);
    const answered = await answer;
    if (tells && !answered) this.isUntold = true;
    return answered;
  }

  private async questionOn(connection: LedgerConnection, tells: boolean): Promise<boolean> {
    const { commits } = this;
    let { known } = this;
    let sentAt = performance.now();
    const ask: Ask = (question) => connection.run(question, ASK_TIMEOUT);
    try {
      let row = await askHead(ask, known, tells);
      // The other connection had an answer meanwhile: the same changes would be told once more, and what was made since made again.
      while (known?.head !== this.known?.head && !row.isFirst) {
        ({ known } = this);
        sentAt = performance.now();
        row = await askHead(ask, known, false);
      }
      this.take(row, { sentAt, commits });
      return true;
    } catch {
      this.failingSince = Math.min(this.failingSince, sentAt);
      this.failures += 1;
      return false;
    }
  }

  private take(
    row: HeadRow & { readonly isFirst: boolean },
    asked: { readonly sentAt: number; readonly commits: number },
  ): void {
    const heardAt = performance.now();
    this.failingSince = Infinity;
    this.failures = 0;
    this.confirmedAt = Math.max(this.confirmedAt, asked.sentAt);
    this.confirmedCommits = Math.max(this.confirmedCommits, asked.commits);
    // Two questions may be under way at once: what the earlier one tells may be known by the other.
    const isNews = row.isFirst || this.known === null || !isWithin(row.head, this.known.head);
    // The answer was under way for some of the time since: its instant lies between the two.
    if (isNews) this.known = { ...row, heardAt: (asked.sentAt + heardAt) / 2 };
    this.judgeConfirmed();
    const touched = isNews ? this.touches.note(row) : undefined;
    if (touched === undefined) return;
    for (const listener of this.listeners) listener(touched);
  }
}
