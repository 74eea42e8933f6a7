/** Status diff: what changed between two statuses of one merger. */
import { aboutOf, differencesOf, isObject, type Difference, type Json } from './differences.js';
import type { Status } from './status.js';
import { changeInWords } from './status-diff-wording.js';
import type { RecordType } from './vocabulary.js';

export const CHANGE_KINDS = ['added', 'removed', 'changed'] as const;

export interface StatusChange {
  readonly kind: (typeof CHANGE_KINDS)[number];
  /** Where in the status: a JSON pointer (RFC 6901) in which a thing of a list has its id in place of its number. */
  readonly path: string;
  /** The innermost record that it is about; the merger itself where there is no other. */
  readonly recordType: RecordType;
  readonly recordId: string;
  /** A name, a title or a text; null when neither status tells one. */
  readonly name: string | null;
  readonly from: unknown;
  readonly to: unknown;
  /** One sentence, where it is about what people follow; else null. */
  readonly text: string | null;
}

/**
 * What changed from one status to another, leaf by leaf, in the order of the status.
 *
 * Things in lists are matched by their ids, so that one which moved is no change; a list of mere words is one leaf. It asks
 * for no particular part: what the status gains later is compared as well.
 *
 * @param from null when the merger was not known: then each part is added whole; `to` likewise
 * @example
 * // PSP agreed in between, and that was all that it took
 * statusDiff(before, after)[0];
 * // { kind: 'changed', path: '/phase/name', from: 'deciding', to: 'ready', text: 'The phase went from deciding to ready: …' }
 */
export function statusDiff(from: Status | null, to: Status | null): readonly StatusChange[] {
  const [before, after] = [asJson(from), asJson(to)];
  const merger = (to ?? from)?.merger;
  if (merger === undefined) return [];
  const names = new Map([...namesWithin(before), ...namesWithin(after), [merger.id, merger.title]]);
  return differencesOf(before, after).map((difference) => {
    const about = difference.about ?? { recordType: 'mergers', recordId: merger.id };
    const name = names.get(about.recordId) ?? null;
    return {
      kind: difference.kind,
      path: pointerTo(difference),
      recordType: about.recordType,
      recordId: about.recordId,
      name,
      from: difference.from,
      to: difference.to,
      text: changeInWords(difference, name, to?.phase.reason ?? null),
    };
  });
}

/** A status is JSON: it says so here, since an interface cannot. */
function asJson(status: Status | null): Json {
  return { ...status };
}

function pointerTo({ steps }: Difference): string {
  const escaped = steps.map(({ name }) => name.replaceAll('~', '~0').replaceAll('/', '~1'));
  return `/${escaped.join('/')}`;
}

/** The names, titles and texts of the records that a piece of JSON tells of, by id. */
function namesWithin(value: unknown): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) return value.flatMap(namesWithin);
  if (!isObject(value)) return [];
  const about = aboutOf(value);
  const name = nameIn(value);
  const own = about !== null && name !== null ? ([[about.recordId, name]] as const) : [];
  return [...own, ...Object.values(value).flatMap(namesWithin)];
}

/** What has a `recordId` tells of a record of any kind: its text is a sentence, and no name. */
function nameIn({ name, title, text, recordId }: Json): string | null {
  const told = name ?? title ?? (recordId === undefined ? text : null);
  return typeof told === 'string' ? told : null;
}
