import { instantMeant, isPartialDate } from '../../domain/dates.js';
import { invalid, type FieldError } from '../errors/problem.js';
import { isStorable } from './text.js';

/** The parameters of a query, as Fastify parsed them. */
export type Parameters = Readonly<Record<string, unknown>>;

/** How a page is asked for. */
export interface Paging {
  readonly limit: number;
  readonly cursor: string | null;
}

/** The two clocks of a computed answer: what was true by then, and what was recorded by then; null when not asked. */
export interface Asked {
  readonly asOf: string | null;
  readonly knownAt: string | null;
}

export const CLOCKS = ['asOf', 'knownAt'] as const;

/** A span of one of the two clocks, while the other one stands still; null for what is not given. */
export interface Between extends Asked {
  /** The clock that runs; what it stands at is null. */
  readonly clock: (typeof CLOCKS)[number];
  readonly from: string | null;
  readonly to: string | null;
}

/** Both clocks at one time of the one that runs; null: now. */
export function askedAt({ clock, asOf, knownAt }: Between, time: string | null): Asked {
  return clock === 'asOf' ? { asOf: time, knownAt } : { asOf, knownAt: time };
}

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;

/**
 * Reads the parameters of a query one by one, and refuses all that is wrong at once: what is malformed, what is given
 * twice, and what nobody asked for.
 */
export class QueryReader {
  private readonly values = new Map<string, readonly string[]>();
  private readonly errors: FieldError[] = [];

  constructor(query: Parameters) {
    for (const [name, value] of Object.entries(query)) {
      const given: readonly unknown[] = Array.isArray(value) ? value : [value];
      const texts = given.filter((each) => typeof each === 'string');
      if (!texts.every(isStorable)) this.refuse(name, 'holds NUL or half a character');
      this.values.set(name, texts);
    }
  }

  /** What is left to read, in a fixed order: what tells one list from another. */
  get rest(): string {
    return JSON.stringify(
      [...this.values].sort(([one], [other]) => one.localeCompare(other, 'en')),
    );
  }

  /** Every value of a parameter. */
  takeAll(name: string): readonly string[] {
    const given = this.values.get(name) ?? [];
    this.values.delete(name);
    return given;
  }

  /** A parameter that may be given once; null when it is not. */
  take(name: string): string | null {
    const [first, ...more] = this.takeAll(name);
    if (more.length > 0) this.refuse(name, 'is given more than once');
    return first ?? null;
  }

  /** The limit (25 unless asked for, at most 100) and the cursor. */
  takePaging(): Paging {
    return { limit: this.takeLimit(), cursor: this.take('cursor') };
  }

  /** How many a page holds at most: 25 unless asked for, at most 100. */
  takeLimit(): number {
    const text = this.take('limit');
    const limit = text === null ? DEFAULT_LIMIT : /^\d{1,4}$/.test(text) ? Number(text) : 0;
    if (limit < 1 || limit > MAX_LIMIT)
      this.refuse('limit', `must be a whole number from 1 to ${MAX_LIMIT}`);
    return limit;
  }

  /** What was true in the world by `asOf`, and what was recorded by `knownAt`, as they were given. */
  takeAsked(): Asked {
    return { asOf: this.takeDate('asOf'), knownAt: this.takeDate('knownAt') };
  }

  /** The clock that runs, from when to when, and at what the other one stands, as they were given. */
  takeBetween(): Between {
    const word = this.take('clock');
    const clock = CLOCKS.find((each) => each === word);
    if (clock === undefined) this.refuse('clock', `must be one of ${CLOCKS.join(', ')}`);
    const between = {
      clock: clock ?? 'asOf',
      from: this.takeDate('from'),
      to: this.takeDate('to'),
      ...this.takeAsked(),
    };
    const { from, to } = between;
    if (clock !== undefined && between[clock] !== null)
      this.refuse(clock, 'is the clock that runs: from and to say when');
    if (from !== null && to !== null && instantMeant(from) > instantMeant(to))
      this.refuse('from', 'must not be after to');
    return between;
  }

  /** A date that may be given once, as it was given. */
  takeDate(name: string): string | null {
    const text = this.take(name);
    if (text === null || isPartialDate(text)) return text;
    this.refuse(
      name,
      'must be a date that exists: 2023, 2023-01, 2023-01-12 or an instant with an offset',
    );
    return null;
  }

  refuse(name: string, detail: string): void {
    this.errors.push({ pointer: `?${name}`, detail: `${name} ${detail}` });
  }

  /**
   * Ends the reading.
   *
   * @throws Problem `validation_failed` with everything that was wrong
   */
  finish(): void {
    for (const name of this.values.keys()) this.refuse(name, 'is not a parameter here');
    if (this.errors.length > 0) throw invalid(this.errors);
  }
}

/**
 * The limit and the cursor of a list that takes nothing else.
 *
 * @throws Problem `validation_failed`
 */
export function readPaging(query: Parameters): Paging {
  const reader = new QueryReader(query);
  const paging = reader.takePaging();
  reader.finish();
  return paging;
}

/**
 * The `asOf` and the `knownAt` of a computed answer, as they were given.
 *
 * @throws Problem `validation_failed`
 */
export function readAsked(query: Parameters): Asked {
  const reader = new QueryReader(query);
  const asked = reader.takeAsked();
  reader.finish();
  return asked;
}

/**
 * The `knownAt` of an answer that takes nothing else, as it was given.
 *
 * @throws Problem `validation_failed`
 */
export function readKnownAt(query: Parameters): Pick<Asked, 'knownAt'> {
  const reader = new QueryReader(query);
  const knownAt = reader.takeDate('knownAt');
  reader.finish();
  return { knownAt };
}

/**
 * The limit, the cursor, the `asOf` and the `knownAt` of a computed list.
 *
 * @throws Problem `validation_failed`
 */
export function readPagingAsked(query: Parameters): Paging & Asked {
  const reader = new QueryReader(query);
  const asked = { ...reader.takePaging(), ...reader.takeAsked() };
  reader.finish();
  return asked;
}

/**
 * The span of a comparison, whose beginning must be given.
 *
 * @throws Problem `validation_failed`
 */
export function readBetween(query: Parameters): Between & { readonly from: string } {
  const reader = new QueryReader(query);
  const between = reader.takeBetween();
  if (between.from === null && query['from'] === undefined) reader.refuse('from', 'is missing');
  reader.finish();
  return { ...between, from: between.from ?? '' };
}

/**
 * The limit and the cursor of a list over a span of time.
 *
 * @throws Problem `validation_failed`
 */
export function readPagingBetween(query: Parameters): Paging & Between {
  const reader = new QueryReader(query);
  const between = { ...reader.takePaging(), ...reader.takeBetween() };
  reader.finish();
  return between;
}
