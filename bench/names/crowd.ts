import { seededRandom } from '../../test/support/random.js';
import type { Api, Page } from '../load/api.js';
import { spreadOf, type Spread } from '../statistics.js';
import { scriptOf, type Spelled } from './corpus.js';

/** How many people there are. */
export const CROWD = 100_000;

/** How often each thing is asked. */
const TIMES = 100;

/** How long answers take. */
export interface Pace {
  readonly what: string;
  readonly asked: number;
  /** In milliseconds. */
  readonly times: Spread;
}

/** Records very many people, by names put together of the words of these. */
export async function recordCrowd(api: Api, people: readonly Spelled[]): Promise<void> {
  await api.import(
    'format=popolo&scheme=crowd&cite=false',
    fileOf(wordsOf(people), seededRandom(7)),
  );
}

/** Asks one after the other: for whole names, for single words, for names in Arabic letters, and for likely duplicates. */
export async function measureCrowd(api: Api, people: readonly Spelled[]): Promise<readonly Pace[]> {
  const names = people.map(({ name }) => name);
  const words = wordsOf(people);
  const random = seededRandom(11);
  const arabic = people
    .flatMap(({ spellings }) => spellings)
    .filter((name) => scriptOf(name) === 'Arabic');
  const some = (from: readonly string[]): string[] =>
    Array.from({ length: TIMES }, () => pick(from, random));
  const whole = Array.from({ length: TIMES }, () => nameOf(words, random));
  return [
    await paceOf(api, 'q, a whole name', whole.map(searchFor)),
    await paceOf(api, 'q, a name that few share', some(names).map(searchFor)),
    await paceOf(api, 'q, one word', some(words).map(searchFor)),
    await paceOf(api, 'q, a name in Arabic letters', some(arabic).map(searchFor)),
    await paceOf(api, 'likely duplicates', ['duplicates?of=people']),
  ];
}

function wordsOf(people: readonly Spelled[]): readonly string[] {
  return people.flatMap(({ name }) => name.split(' '));
}

function searchFor(q: string): string {
  return `people?q=${encodeURIComponent(q)}`;
}

async function paceOf(api: Api, what: string, paths: readonly string[]): Promise<Pace> {
  const times: number[] = [];
  for (const path of paths) {
    const begin = performance.now();
    await api.ask<Page<object>>(path);
    times.push(performance.now() - begin);
  }
  return { what, asked: times.length, times: spreadOf(times) };
}

/** A file of Popolo, person by person. */
function* fileOf(words: readonly string[], random: () => number): Generator<string, undefined> {
  yield '{"persons":[';
  for (let at = 0; at < CROWD; at += 1)
    yield `${at > 0 ? ',' : ''}${JSON.stringify({ id: String(at), name: nameOf(words, random) })}`;
  yield ']}';
}

/** Two words or three, common ones as often as they are among all. */
function nameOf(words: readonly string[], random: () => number): string {
  const length = random() < 0.6 ? 2 : 3;
  return Array.from({ length }, () => pick(words, random)).join(' ');
}

function pick(from: readonly string[], random: () => number): string {
  return from[Math.floor(random() * from.length)] ?? '';
}
