/** Judges answers by what is computed afresh: each must be true of some moment that it may be of. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { idsIn, wordsIn, type Sight } from './sight.js';
import type { Heard } from './wire.js';

/** As whom something is asked. */
export type Audience = 'reader' | 'editor' | 'editor as reader';

/** What is asked for. */
export interface Address {
  readonly audience: Audience;
  readonly path: string;
}

/** What was asked and heard, with the times, by a clock that only goes on, in milliseconds. */
export interface Read {
  readonly address: Address;
  readonly instance: string;
  readonly isHead: boolean;
  /** The tags that were sent as If-None-Match; null: none was. */
  readonly tags: readonly string[] | null;
  readonly asked: number;
  readonly answered: number;
  /** The number of the earliest state that it may be of, whatever the time. */
  readonly floor: number;
  readonly heard: Heard;
}

/** What is true from one change to the next. */
export interface State {
  readonly from: number;
  until: number;
  /** By {@link keyOf}, as it was computed afresh. */
  readonly answers: ReadonlyMap<string, Heard>;
  readonly sight: Sight;
  /** False when it may have changed by itself while it was looked at: nothing is judged by it. */
  readonly isSure: boolean;
}

/** What differs from one exchange to the next. */
const OF_THE_EXCHANGE: ReadonlySet<string> = new Set([
  'date',
  'connection',
  'keep-alive',
  'x-request-id',
  'etag',
  'content-length',
  'content-encoding',
  'transfer-encoding',
]);

export function keyOf({ audience, path }: Address): string {
  return `${audience} ${path}`;
}

/** What is wrong with an answer, in a sentence; undefined when nothing is, `unsure` when nobody can say. */
export function faultOf(read: Read, states: readonly State[], bound: number): string | undefined {
  const possible = states.filter(
    ({ from, until }, number) =>
      number >= read.floor && from <= read.answered && until >= read.asked - bound,
  );
  if (possible.some(({ isSure }) => !isSure)) return 'unsure';
  const leak = leakOf(read, possible);
  if (leak !== undefined) return `${told(read)}: ${leak}`;
  const faults = possible.map((state) =>
    differenceFrom(read, state.answers.get(keyOf(read.address))),
  );
  if (faults.includes(undefined)) return undefined;
  return `${told(read)}: ${faults.at(-1) ?? 'no state'}, ${whenTrue(read, states)}`;
}

/** How old an answer is at least, in milliseconds: since when it is not true any more. Of an answer that is true of nothing, undefined. */
export function ageOf(read: Read, states: readonly State[]): number | undefined {
  const last = states.findLast(
    ({ from, answers }) =>
      from <= read.answered && differenceFrom(read, answers.get(keyOf(read.address))) === undefined,
  );
  return last && Math.max(0, read.asked - last.until);
}

function whenTrue(read: Read, states: readonly State[]): string {
  const age = ageOf(read, states);
  return age === undefined
    ? 'and it was true of no state'
    : `it is ${String(Math.round(age))} ms old`;
}

function leakOf({ address, heard }: Read, possible: readonly State[]): string | undefined {
  if (address.audience === 'editor') return undefined;
  const text = `${decoded(heard)}\n${JSON.stringify(heard.headers)}`;
  const own = `${address.path}${cursorIn(address.path)}`;
  const sights = possible.map(({ sight }) => sight);
  const words = [...wordsIn(text)].filter(
    (word) => !wordsIn(own).has(word) && !sights.some((sight) => sight.words.has(word)),
  );
  const ids = [...idsIn(text)].filter(
    (id) => !own.includes(id) && sights.every(({ hidden }) => hidden.has(id)),
  );
  const shown = [...words, ...ids];
  return shown.length === 0 ? undefined : `shows a reader ${shown.join(', ')}`;
}

function cursorIn(path: string): string {
  const cursor = new URLSearchParams(path.split('?')[1]).get('cursor') ?? '';
  return Buffer.from(cursor, 'base64url').toString();
}

/** How an answer differs from the one that was computed afresh; undefined: not at all. */
function differenceFrom(read: Read, fresh: Heard | undefined): string | undefined {
  const { heard, tags } = read;
  if (fresh === undefined) return 'nothing was computed';
  if ('age' in heard.headers) return 'it has an age';
  const isKnown =
    fresh.status === 200 && tags?.some((tag) => bare(tag) === fresh.headers.etag) === true;
  const isUnchanged = heard.status === 304;
  if (isUnchanged && !isKnown) return 'it says that nothing changed';
  if (isKnown && !isUnchanged) return `it is ${String(heard.status)} though nothing changed`;
  return isUnchanged ? undefined : differenceOfWhole(read, fresh);
}

function differenceOfWhole({ heard, isHead }: Read, fresh: Heard): string | undefined {
  if (heard.status !== fresh.status)
    return `it is ${String(heard.status)}, not ${String(fresh.status)}`;
  if (bare(heard.headers.etag) !== fresh.headers.etag) return 'its tag is another';
  const [headers, others] = [headersOf(heard), headersOf(fresh)];
  if (headers !== others) return `its headers are ${headers}, not ${others}`;
  if (!isHead) return decoded(heard) === fresh.body.toString() ? undefined : 'its body is another';
  const isPlain = heard.headers['content-encoding'] === undefined;
  return isPlain && Number(heard.headers['content-length']) !== fresh.body.length
    ? 'its length is another'
    : undefined;
}

function headersOf({ headers }: Heard): string {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_EXCHANGE.has(name));
  return JSON.stringify(kept.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A tag without what tells of its form. */
function bare(tag: string | undefined): string | undefined {
  return tag?.replace(/\.(gzip|br)"$/, '"');
}

function decoded({ headers, body }: Heard): string {
  if (body.length === 0) return '';
  const coding = headers['content-encoding'];
  if (coding === 'gzip') return gunzipSync(body).toString();
  return (coding === 'br' ? brotliDecompressSync(body) : body).toString();
}

function told({ address, instance, isHead, tags, heard }: Read): string {
  const condition = tags === null ? '' : ` if none matches ${tags.join(', ')}`;
  const method = isHead ? 'HEAD' : 'GET';
  return `${method} ${address.path} of instance ${instance} as ${address.audience}${condition}: ${String(heard.status)} ${String(heard.headers.etag)}`;
}
