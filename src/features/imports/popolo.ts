import type { FactionClassification } from '../../domain/vocabulary.js';
import { isOurs } from './file.ids.js';
import { filled, idIn, listIn, objectIn, type Values } from './file.values.js';
import type { Aside, ReadRow } from './import.rows.js';
import { recordIn } from './ndjson.file.js';
import { isOurElement, readOurElement } from './popolo.ours.js';

/** Where an element stands, and whose ids and extras it has. */
interface Place {
  readonly line: number;
  readonly scheme: string;
}

/**
 * An element of a file of Popolo in our words. What has no field goes into the extras, as it is. Other collections than
 * people, organizations, memberships, areas, posts and events are passed over. What we exported is read as what it was.
 *
 * @throws Problem `unreadable_file` for what is no record of ours in the list of those
 */
export function* readElement(
  collection: string,
  element: unknown,
  place: Place,
): Generator<ReadRow, undefined> {
  const value = objectIn(element);
  if (isOurElement(value)) {
    yield* readOurElement(collection, value, place.line);
    return;
  }
  switch (collection) {
    case 'accord':
      yield recordIn(value, place.line);
      return;
    case 'persons':
      yield readPerson(value, place);
      yield* embedded(value, 'person_id', place);
      return;
    case 'organizations':
      yield readOrganization(value, place);
      yield* embedded(value, 'organization_id', place);
      return;
    case 'memberships':
      yield readMembership(value, place);
      return;
    case 'areas':
    case 'events':
    case 'posts':
      yield aside(collection, value, place);
  }
}

/** The memberships that stand within a person or an organization. */
function* embedded(value: Values, name: string, place: Place): Generator<ReadRow, undefined> {
  for (const each of listIn(value['memberships']))
    yield readMembership({ [name]: value['id'], ...objectIn(each) }, place);
}

function readPerson(value: Values, place: Place): ReadRow {
  const { family_name, given_name, honorific_prefix, birth_date, death_date, ...more } = value;
  const { id, name, summary, rest } = common(more);
  return {
    line: place.line,
    kind: 'people',
    key: id,
    body: filled({
      name,
      familyName: family_name,
      givenName: given_name,
      honorificPrefix: honorific_prefix,
      birthDate: birth_date,
      deathDate: death_date,
      summary,
      ...lists(value, id, place),
      extras: extras({ ...rest, ...surplus(value) }, place),
    }),
  };
}

const CLASSIFICATIONS: Readonly<Record<string, FactionClassification>> = {
  party: 'party',
  faction: 'faction',
  bloc: 'bloc',
  alliance: 'bloc',
  coalition: 'bloc',
  'parliamentary group': 'bloc',
  committee: 'committee',
};

/** An organization that is no faction, such as a parliament, is kept with the memberships in it. */
function readOrganization(value: Values, place: Place): ReadRow {
  const { classification, parent_id, founding_date, dissolution_date, ...more } = value;
  const word = typeof classification === 'string' ? classification.toLowerCase() : '';
  const kind = Object.hasOwn(CLASSIFICATIONS, word) ? CLASSIFICATIONS[word] : undefined;
  if (kind === undefined) return aside('organizations', value, place);
  const { id, name, summary, rest } = common(more);
  return {
    line: place.line,
    kind: 'factions',
    key: id,
    body: filled({
      name,
      classification: kind,
      parentId: idIn(parent_id),
      foundingDate: founding_date,
      dissolutionDate: dissolution_date,
      summary,
      ...lists(value, id, place),
      extras: extras(
        { ...(kind === word ? {} : { classification }), ...rest, ...surplus(value) },
        place,
      ),
    }),
  };
}

/** A membership: of the organization where that is a faction, else of the one on whose behalf it is held. */
function readMembership(value: Values, place: Place): ReadRow {
  const {
    id,
    person_id,
    organization_id,
    role,
    start_date,
    end_date,
    person,
    organization,
    ...rest
  } = value;
  const personId = idIn(person_id) ?? idIn(objectIn(person)['id']);
  const inId = idIn(organization_id) ?? idIn(objectIn(organization)['id']);
  const links = { organizations: inId, behalf: idIn(rest['on_behalf_of_id']), ...asidesOf(rest) };
  return {
    line: place.line,
    kind: 'members',
    key: idIn(id),
    body: filled({
      personId,
      factionId: inId ?? links.behalf,
      role,
      startDate: start_date,
      endDate: end_date,
      extras: extras({ id, organization_id: inId, ...rest }, place),
    }),
    links: filled(links) as Readonly<Record<string, string>>,
  };
}

function asidesOf(value: Values): Values {
  return {
    areas: idIn(value['area_id']),
    posts: idIn(value['post_id']),
    events: idIn(value['legislative_period_id']),
  };
}

function aside(kind: Aside, value: Values, { line }: Place): ReadRow {
  return { line, kind, key: idIn(value['id']), body: value };
}

const COMMON: ReadonlySet<string> = new Set([
  'id',
  'name',
  'summary',
  'other_names',
  'identifiers',
  'links',
  'memberships',
]);

/** What people and organizations share, and what is left of them. */
function common(value: Values): {
  readonly id: string | null;
  readonly name: unknown;
  readonly summary: unknown;
  readonly rest: Values;
} {
  const { id, name, summary } = value;
  const rest = Object.entries(value).filter(([field]) => !COMMON.has(field));
  return { id: idIn(id), name, summary, rest: Object.fromEntries(rest) };
}

/** What a list of a record takes. */
const LONGEST_LIST = 100;

function lists(value: Values, id: string | null, { scheme }: Place): Values {
  const identifiers = objectsIn(value, 'identifiers').map((each) => ({
    scheme: each['scheme'] ?? 'unknown',
    identifier: idIn(each['identifier']),
  }));
  const own = id === null || isOurs(id) ? [] : [{ scheme, identifier: id }];
  return {
    otherNames: objectsIn(value, 'other_names').slice(0, LONGEST_LIST).map(otherName),
    identifiers: [...own, ...identifiers].slice(0, LONGEST_LIST),
    links: objectsIn(value, 'links')
      .slice(0, LONGEST_LIST)
      .map(({ url, note }) => filled({ url, note })),
  };
}

/** What the lists of a record do not take. */
function surplus(value: Values): Values {
  const rest = (name: string): readonly Values[] => objectsIn(value, name).slice(LONGEST_LIST);
  return { other_names: rest('other_names'), links: rest('links') };
}

/** A list of objects. Of other names too many, each spelling comes before those that are told again, as of other languages. */
function objectsIn(value: Values, list: string): readonly Values[] {
  const all = listIn(value[list]).map(objectIn);
  if (list !== 'other_names' || all.length <= LONGEST_LIST) return all;
  const first = new Map(all.toReversed().map((each) => [each['name'], each]));
  const isFirst = (each: Values): boolean => first.get(each['name']) === each;
  return [...all.filter(isFirst), ...all.filter((each) => !isFirst(each))];
}

function otherName({ name, lang, note, start_date, end_date }: Values): Values {
  return filled({ name, lang, startDate: start_date, endDate: end_date, note });
}

function extras(value: Values, { scheme }: Place): Values | null {
  const kept = filled(value);
  return Object.keys(kept).length === 0 ? null : { [scheme]: kept };
}
