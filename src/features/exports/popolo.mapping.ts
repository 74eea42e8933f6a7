/**
 * Records of ours in Popolo's words, by a table for each class. A member of Popolo is named by the field that it shows. Whatever
 * Popolo has no member for, or cannot say as exactly, stands under our own name in the member `accord`.
 */
import { isTaken } from './popolo.extras.js';
import { address, beginning, day, ending, exactly, time, type Said } from './popolo.values.js';

/** A record's body, or what is within one. */
export type Body = Readonly<Record<string, unknown>>;

/** Where a field of ours stands in Popolo, and how its value is said. */
interface Member {
  readonly name: string;
  readonly say: (value: never) => Said;
}

/** The members of a class, by our fields. */
export type Members = Readonly<Record<string, Member>>;

const as = (name: string, say: Member['say'] = exactly): Member => ({ name, say });

const OTHER_NAME: Members = {
  name: as('name'),
  lang: as('lang'),
  startDate: as('start_date', day),
  endDate: as('end_date', day),
  note: as('note'),
};
const IDENTIFIER: Members = { scheme: as('scheme'), identifier: as('identifier') };
const LINK: Members = { url: as('url', address), note: as('note') };
const COUNT: Members = { option: as('option'), value: as('value') };

const KEPT: Members = {
  id: as('id'),
  createdAt: as('created_at'),
  updatedAt: as('updated_at'),
};

const NAMED: Members = {
  name: as('name'),
  otherNames: as('other_names', each(OTHER_NAME)),
  identifiers: as('identifiers', each(IDENTIFIER)),
  links: as('links', each(LINK)),
};

export const PERSON: Members = {
  ...KEPT,
  ...NAMED,
  familyName: as('family_name'),
  givenName: as('given_name'),
  honorificPrefix: as('honorific_prefix'),
  birthDate: as('birth_date', day),
  deathDate: as('death_date', day),
  summary: as('summary'),
};

export const ORGANIZATION: Members = {
  ...KEPT,
  ...NAMED,
  classification: as('classification'),
  parentId: as('parent_id'),
  foundingDate: as('founding_date', day),
  dissolutionDate: as('dissolution_date', day),
  summary: as('description'),
};

export const MEMBERSHIP: Members = {
  ...KEPT,
  personId: as('person_id'),
  factionId: as('organization_id'),
  role: as('role'),
  startDate: as('start_date', time),
  endDate: as('end_date', time),
};

export const EVENT: Members = {
  ...KEPT,
  title: as('name'),
  classification: as('classification'),
  hostFactionId: as('organization_id'),
  venue: as('location'),
  startsOn: as('start_date', time),
  status: as('status'),
};

/** An attendance, as the person who attended. */
export const ATTENDEE: Members = { personId: as('id'), name: as('name') };

export const MOTION: Members = {
  ...KEPT,
  factionId: as('organization_id'),
  text: as('text'),
  classification: as('classification'),
  requirement: as('requirement'),
  proposedOn: as('date', beginning),
};

export const VOTE_EVENT: Members = {
  ...KEPT,
  motionId: as('motion_id'),
  startDate: as('start_date', beginning),
  endDate: as('end_date', ending),
  reportedCounts: as('counts', each(COUNT)),
};

export const VOTE: Members = {
  id: as('id'),
  voteEventId: as('vote_event_id'),
  personId: as('voter_id'),
  voterName: as('voter', (name: string) => exactly({ name })),
  factionId: as('group_id'),
  option: as('option'),
};

/** What Popolo has of a class beside the members of our fields; extras never stand there. */
const DERIVED: ReadonlySet<string> = new Set([
  'accord',
  'sources',
  'memberships',
  'person',
  'organization',
  'member',
  'parent',
  'children',
]);

/**
 * A body in Popolo's words. Extras that came from Popolo stand where they came from, but where a field of ours does, and where
 * they are not what Popolo takes there: these stay among the extras in `accord`.
 *
 * @example
 * present(PERSON, { name: 'Kamran Tessori', birthDate: null, slug: 'kamran-tessori' });
 * // { name: 'Kamran Tessori', accord: { slug: 'kamran-tessori' } }
 */
export function present(members: Members, { extras, ...body }: Body): Body {
  const { shown, rest } = divide(members, body);
  const kept = putBack(members, (extras ?? {}) as Extras, { shown, rest });
  if (!isEmpty(kept)) rest['extras'] = kept;
  return isEmpty(rest) ? shown : { ...shown, accord: rest };
}

/** Two parts of an element: what Popolo has a member for, and what it has none for or cannot say exactly. */
type Parts = Readonly<Record<'shown' | 'rest', Record<string, unknown>>>;

function divide(members: Members, body: Body): Parts {
  const parts: Parts = { shown: {}, rest: {} };
  for (const [name, value] of Object.entries(body)) {
    if (isEmpty(value)) continue;
    const member = members[name];
    const said = member?.say(value as never);
    if (member && said) parts.shown[member.name] = said.value;
    if (said?.isExact !== true) parts.rest[name] = value;
  }
  return parts;
}

type Extras = Readonly<Record<string, Body>>;

/** Puts extras of Popolo's where they came from; returns those that cannot stand there. */
function putBack(
  members: Members,
  { popolo = {}, ...others }: Extras,
  { shown, rest }: Parts,
): Extras {
  const fieldAt = new Map(Object.entries(members).map(([field, { name }]) => [name, field]));
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(popolo)) {
    if (DERIVED.has(name) || name in shown || !isTaken(name, value)) {
      kept[name] = value;
      continue;
    }
    shown[name] = value;
    const field = fieldAt.get(name);
    // It stands where a field of ours would, which holds nothing.
    if (field !== undefined) rest[field] = null;
  }
  return { ...others, ...(isEmpty(kept) ? {} : { popolo: kept }) };
}

/** The sources of a record, given as JSON: where they are and what they are called. */
export function linksOf(sources: string): readonly Body[] {
  const links = JSON.parse(sources) as readonly { readonly url: string; readonly note: string }[];
  return links.map(({ url, note }) => ({ url: address(url).value, note }));
}

/** Whether there is nothing in a value. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Says a list, entry by entry, each with what Popolo lacks of it. */
function each(members: Members): (values: never) => Said {
  return (values: readonly Body[]) => exactly(values.map((value) => present(members, value)));
}
