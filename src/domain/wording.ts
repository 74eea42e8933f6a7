/** How the rules put names and texts into sentences. */
import type { MergerFacts } from './facts.js';

/** The names of factions and people, by id. */
export type Names = ReadonlyMap<string, string>;

/** The names of all factions and people on record, by id: what is not among them is no longer on record. */
export function namesIn({ factions, people }: Pick<MergerFacts, 'factions' | 'people'>): Names {
  return new Map([...factions, ...people].map(({ id, name }) => [id, name]));
}

/** A name as data: null without an id, and for a record that is no longer there. */
export function nameOf(names: Names, id: string | null): string | null {
  return id === null ? null : (names.get(id) ?? null);
}

/** A name within a sentence. */
export function called(name: string | null): string {
  return name ?? 'somebody no longer on record';
}

/** @example listOf(['MQM-P', 'PSP', 'Farooq Sattar']) // 'MQM-P, PSP and Farooq Sattar' */
export function listOf(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names.slice(-1).join('')}`;
}

/**
 * A title or a text in quotation marks, cut off after 100 characters.
 *
 * @example
 * quoted('Accept the return of PSP.'); // '“Accept the return of PSP”'
 */
export function quoted(text: string): string {
  const characters = Array.from(text.trim().replace(/\.$/u, ''));
  const cut = characters.length > 100 ? `${characters.slice(0, 99).join('').trim()}…` : null;
  return `“${cut ?? characters.join('')}”`;
}

/** A sentence: capitalised, with one full stop. */
export function sentence(text: string): string {
  const bare = text.trim().replace(/[.\s]+$/u, '');
  return `${bare.charAt(0).toUpperCase()}${bare.slice(1)}.`;
}

/** A vocabulary's word within a sentence. @example inWords('in_progress') // 'in progress' */
export function inWords(word: string): string {
  return word.replaceAll('_', ' ');
}
