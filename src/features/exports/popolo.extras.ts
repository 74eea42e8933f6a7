/**
 * What Popolo 1.0.1 takes of members that we have no field for. A name means the same in all its classes, so the rules go by names,
 * at any depth; what it does not know by name may be anything.
 */
import { address } from './popolo.values.js';

type Rule = (value: unknown) => boolean;

const DAY = /^\d{4}(-\d{2}){0,2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const EMAIL = /^[\w.+-]+@[a-zA-Z\d-]+(\.[a-zA-Z\d-]+)+$/;

const anything: Rule = () => true;
const nothing: Rule = () => false;
const text: Rule = (value) => typeof value === 'string';
const like =
  (pattern: RegExp): Rule =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const uri: Rule = (value) =>
  typeof value === 'string' &&
  /^https?:/.test(value) &&
  URL.canParse(value) &&
  address(value).isExact;
const orNull =
  (rule: Rule): Rule =>
  (value) =>
    value === null || rule(value);
const listOf =
  (rule: Rule): Rule =>
  (value) =>
    Array.isArray(value) && value.every(rule);

/** An object whose members are taken; these must be there, by rules of their own. */
const object =
  (needed: Readonly<Record<string, Rule>> = {}): Rule =>
  (value) =>
    isObject(value) &&
    Object.entries(needed).every(([name, rule]) => rule(value[name])) &&
    Object.entries(value).every(([name, each]) => name in needed || isTaken(name, each));

const named = (names: readonly string[], rule: Rule): readonly (readonly [string, Rule])[] =>
  names.map((name) => [name, rule]);

const RULES: ReadonlyMap<string, Rule> = new Map([
  ...named(
    [
      ...['id', 'name', 'label', 'role', 'note', 'scheme', 'identifier', 'classification', 'type'],
      ...['family_name', 'given_name', 'additional_name', 'patronymic_name', 'sort_name'],
      ...['honorific_prefix', 'honorific_suffix', 'gender', 'national_identity'],
      ...['summary', 'biography', 'abstract', 'description'],
      ...['parent_id', 'area_id', 'post_id', 'person_id', 'organization_id', 'on_behalf_of_id'],
    ],
    orNull(text),
  ),
  ...named(['birth_date', 'death_date', 'start_date', 'end_date'], orNull(like(DAY))),
  ...named(['founding_date', 'dissolution_date', 'valid_from', 'valid_until'], orNull(like(DAY))),
  ...named(['created_at', 'updated_at'], orNull(like(INSTANT))),
  ['image', orNull(uri)],
  ['email', orNull(like(EMAIL))],
  ['pronouns', orNull(listOf(text))],
  ['other_label', listOf(text)],
  ['other_names', listOf(object({ name: text }))],
  ['identifiers', listOf(object({ identifier: text }))],
  ['contact_details', listOf(object({ type: text, value: text }))],
  ...named(['links', 'sources'], listOf(object({ url: uri }))),
  ...named(['area', 'post', 'on_behalf_of', 'organization', 'person', 'parent'], object()),
  ['geometry', (value) => value === null || isObject(value)],
  // Whole classes of Popolo: they stand in lists of their own.
  ...named(['motions', 'votes', 'vote_events', 'speeches', 'posts'], nothing),
  ...named(['memberships', 'organizations', 'children'], nothing),
]);

/**
 * Whether Popolo takes a value as the member of a name.
 *
 * @example
 * isTaken('gender', 'male'); // true
 * isTaken('email', 4); // false
 */
export function isTaken(name: string, value: unknown): boolean {
  return (RULES.get(name) ?? anything)(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
