/** What the schemas of Popolo 1.0.1 ask, in words of our own. What they say nothing about may be anything. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

const DAY = { pattern: '^\\d{4}(-\\d{2}){0,2}$' };
const TIME = {
  pattern: '^\\d{4}((-\\d{2}){0,2}|(-\\d{2}){2}T\\d{2}(:\\d{2}){0,2}(Z|[+-]\\d{2}(:\\d{2})?))$',
};
const INSTANT = { format: 'date-time' };

/** Members that are a text or null, perhaps of a form. */
function texts(names: string, form: Json = {}): Json {
  const one = { type: ['string', 'null'], ...form };
  return Object.fromEntries(names.split(' ').map((name) => [name, one]));
}

function many(name: string, schema: Json): Json {
  return { [name]: { type: 'array', items: schema } };
}

function object(properties: Json, required: readonly string[] = []): Json {
  return { type: 'object', properties, required };
}

const LINK = object({ url: { type: 'string', format: 'uri' }, ...texts('note') }, ['url']);
const SOURCES = many('sources', LINK);
const KEPT = { ...texts('created_at updated_at', INSTANT), ...SOURCES };
const IDENTIFIER = object({ identifier: { type: 'string' }, ...texts('scheme') }, ['identifier']);
const OTHER_NAME = object({
  name: { type: 'string' },
  ...texts('family_name given_name additional_name honorific_prefix honorific_suffix'),
  ...texts('patronymic_name note'),
  ...texts('start_date end_date', DAY),
});
const CONTACT = object(
  {
    type: { type: 'string' },
    value: { type: 'string' },
    ...texts('label note'),
    ...texts('valid_from valid_until', DAY),
    ...KEPT,
  },
  ['type', 'value'],
);
const NAMED = {
  ...texts('id name'),
  ...many('other_names', OTHER_NAME),
  ...many('identifiers', IDENTIFIER),
  ...many('links', LINK),
  ...many('contact_details', CONTACT),
  ...texts('image', { format: 'uri' }),
  ...KEPT,
};

const AREA = object({
  ...texts('id name identifier classification parent_id'),
  geometry: { type: ['object', 'null'] },
  ...KEPT,
});

const PERSON = object({
  ...NAMED,
  ...texts('family_name given_name additional_name honorific_prefix honorific_suffix'),
  ...texts('patronymic_name sort_name gender summary biography national_identity'),
  ...texts('email', { format: 'email' }),
  ...texts('birth_date death_date', DAY),
  pronouns: { type: ['array', 'null'], items: { type: 'string' } },
});

const ORGANIZATION = object({
  ...NAMED,
  ...texts('classification parent_id area_id abstract description'),
  ...texts('founding_date dissolution_date', DAY),
  area: AREA,
});

const POST = object({
  ...texts('id label role organization_id area_id'),
  ...texts('start_date end_date', DAY),
  ...many('other_label', { type: 'string' }),
  ...many('contact_details', CONTACT),
  ...many('links', LINK),
  area: AREA,
  ...KEPT,
});

const MEMBERSHIP = object({
  ...texts('id label role person_id organization_id post_id on_behalf_of_id area_id'),
  ...texts('start_date end_date', TIME),
  member: { type: ['object', 'null'] },
  person: PERSON,
  organization: ORGANIZATION,
  on_behalf_of: ORGANIZATION,
  post: POST,
  area: AREA,
  ...many('contact_details', CONTACT),
  ...many('links', LINK),
  ...KEPT,
});

const EVENT = object({
  ...texts('id name description location status classification organization_id parent_id'),
  ...texts('start_date end_date', TIME),
  ...many('identifiers', IDENTIFIER),
  ...many('attendees', PERSON),
  ...KEPT,
});

const VOTE = object({
  ...texts('id vote_event_id voter_id option group_id role pair_id'),
  voter: { type: ['object', 'null'] },
  weight: { type: ['number', 'null'] },
});

const COUNT = object(
  { option: { type: 'string' }, value: { type: 'integer' }, ...texts('group_id') },
  ['option', 'value'],
);

const VOTE_EVENT = object({
  ...texts('id organization_id legislative_session_id identifier motion_id classification result'),
  ...texts('start_date end_date', INSTANT),
  ...many('counts', COUNT),
  ...many('votes', VOTE),
  ...KEPT,
});

const MOTION = object({
  ...texts('id organization_id legislative_session_id creator_id text identifier'),
  ...texts('classification requirement result'),
  ...texts('date', INSTANT),
  ...many('vote_events', VOTE_EVENT),
  ...KEPT,
});

/** The classes by the lists in which they stand. */
const CLASSES: Readonly<Record<string, Json>> = {
  persons: PERSON,
  organizations: ORGANIZATION,
  memberships: MEMBERSHIP,
  events: EVENT,
  motions: MOTION,
  vote_events: VOTE_EVENT,
  votes: VOTE,
};

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
formats.default(ajv);
const judges = new Map<string, ValidateFunction>(
  Object.entries(CLASSES).map(([name, schema]) => [name, ajv.compile(schema)]),
);

/** What is wrong with an element of a list of Popolo's. */
export function popoloFaults(list: string, element: unknown): readonly string[] {
  const judge = judges.get(list);
  if (!judge) throw new Error(`Popolo has no list ${list}`);
  if (judge(element)) return [];
  return (judge.errors ?? []).map(
    ({ instancePath, message }) => `${list}${instancePath} ${String(message)}`,
  );
}

/** The lists whose elements can be judged. */
export const POPOLO_LISTS: readonly string[] = Object.keys(CLASSES);
