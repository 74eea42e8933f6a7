/** What the records of a random history may hold. */

/** The columns of a row, or some of them. */
export type Columns = Record<string, unknown>;

/** What is drawn from, the same for the same seed. */
export interface Chances {
  readonly random: () => number;
  /** The ids of the records that were made, by table. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  chance(part: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** The id of some record. */
  one(table: string): string;
  maybe(table: string): string | null;
  date(): string;
  /** The id of a merger: most often of the first. */
  merger(): string;
}

/** What never changes. */
export const FIXED = new Set([
  'mergers.slug',
  'factions.slug',
  'people.slug',
  'milestones.classification',
  ...['participants', 'milestones', 'motions', 'mandates', 'predictions', 'successions'].map(
    (table) => `${table}.merger_id`,
  ),
  'stances.participant_id',
  'transitions.milestone_id',
  'attendance.meeting_id',
  'vote_events.motion_id',
  'votes.vote_event_id',
  'citations.source_id',
  'citations.record_type',
  'citations.record_id',
]);

const STANCES = ['exploring', 'conditional', 'agreed', 'opposed', 'withdrawn'];
const STATES = ['planned', 'in_progress', 'blocked', 'achieved', 'dropped'];
const OPTIONS = ['yes', 'no', 'abstain', 'absent'];

const KINDS = ['issue', 'legal', 'aftermath'];

/** What each kind of record may hold; `word` is its own. */
export const COLUMNS: Readonly<Record<string, (world: Chances, word: string) => Columns>> = {
  mergers: (world, word) => ({
    slug: word.replace(' ', '-'),
    title: word,
    ...(world.chance(0.1) ? { closed_on: world.date(), outcome: 'abandoned' } : {}),
  }),
  factions: (world, word) => ({
    slug: word.replace(' ', '-'),
    name: word,
    classification: 'party',
    parent_id: world.maybe('factions'),
  }),
  people: (_, word) => ({ slug: word.replace(' ', '-'), name: word }),
  members: (world) => ({
    person_id: world.one('people'),
    faction_id: world.one('factions'),
    voting: world.chance(0.8),
    start_date: world.chance(0.5) ? null : world.date(),
  }),
  participants: (world) => ({
    merger_id: world.merger(),
    ...(world.chance(0.7)
      ? { faction_id: world.one('factions'), person_id: null }
      : { faction_id: null, person_id: world.one('people') }),
    role: world.pick(['lead', 'joining', 'observer']),
  }),
  stances: (world, word) => ({
    participant_id: world.one('participants'),
    stance: world.pick(STANCES),
    occurred_on: world.date(),
    motion_id: world.maybe('motions'),
    mandate_id: world.maybe('mandates'),
    note: word,
  }),
  milestones: (world, word) => ({
    merger_id: world.merger(),
    title: word,
    classification: world.pick(KINDS),
    weight: 1 + Math.floor(world.random() * 5),
    depends_on: [
      ...new Set(
        [world.maybe('milestones'), world.maybe('milestones')].filter((id) => id !== null),
      ),
    ],
    estimate: world.chance(0.5) ? { optimisticDays: 1, likelyDays: 2, pessimisticDays: 4 } : null,
    due_to: world.chance(0.3) ? world.date() : null,
    ...satisfier(world),
  }),
  transitions: (world, word) => ({
    milestone_id: world.one('milestones'),
    state: world.pick(STATES),
    occurred_on: world.date(),
    note: word,
  }),
  meetings: (world, word) => ({
    merger_id: world.chance(0.6) ? world.merger() : null,
    title: word,
    host_faction_id: world.maybe('factions'),
    starts_on: world.date(),
    status: world.pick(['held', 'tentative', 'confirmed']),
  }),
  attendance: (world) => ({
    meeting_id: world.one('meetings'),
    person_id: world.one('people'),
    mode: 'in_person',
  }),
  motions: (world, word) => ({
    merger_id: world.merger(),
    faction_id: world.one('factions'),
    text: word,
    classification: world.pick(['accept_entry', 'delegate_decision', 'merge']),
    requirement: world.pick(['simple_majority', 'consensus']),
    proposed_on: world.chance(0.5) ? null : world.date(),
  }),
  vote_events: (world) => ({
    motion_id: world.one('motions'),
    meeting_id: world.maybe('meetings'),
    start_date: world.date(),
    complete: world.chance(0.5),
  }),
  votes: (world, word) => ({
    vote_event_id: world.one('vote_events'),
    ...(world.chance(0.7)
      ? { person_id: world.one('people'), voter_name: null }
      : { person_id: null, voter_name: word }),
    option: world.pick(OPTIONS),
    channel: 'in_person',
    cast_on: world.chance(0.7) ? null : world.date(),
  }),
  mandates: (world, word) => ({
    merger_id: world.merger(),
    ...(world.chance(0.7)
      ? { grantor_faction_id: world.one('factions'), grantor_person_id: null }
      : { grantor_faction_id: null, grantor_person_id: world.one('people') }),
    holder_id: world.one('people'),
    scope: word,
    start_date: '2022-12-01',
    revoked_on: world.chance(0.2) ? '2023-01-05' : null,
    motion_id: world.maybe('motions'),
  }),
  predictions: (world) => ({
    merger_id: world.merger(),
    from: '2022-12-20',
    to: '2023-01-10',
    stated_on: world.date(),
    stated_by_id: world.maybe('people'),
  }),
  successions: (world) => ({
    merger_id: world.merger(),
    predecessor_ids: [...new Set([world.one('factions'), world.one('factions')])],
    successor_id: world.one('factions'),
    kind: 'joined',
    date: world.date(),
  }),
  sources: (world, word) => ({
    title: word,
    kind: 'article',
    published_on: world.date(),
    confidential: world.chance(0.2),
  }),
  citations: (world, word) => {
    const about = world.pick(
      ['motions', 'vote_events', 'participants', 'stances', 'meetings', 'mandates'].filter(
        (table) => (world.ids[table] ?? []).length > 0,
      ),
    );
    return {
      source_id: world.one('sources'),
      record_type: about.replace('_', '-'),
      record_id: world.one(about),
      speaker_id: world.maybe('people'),
      quote: word,
    };
  },
};

function satisfier(world: Chances): Columns {
  const none = {
    satisfied_by_motion_id: null,
    satisfied_by_meeting_id: null,
    satisfied_by_participant_id: null,
  };
  const [kind, table] = world.pick([
    ['motion', 'motions'],
    ['meeting', 'meetings'],
    ['participant', 'participants'],
  ] as const);
  return { ...none, [`satisfied_by_${kind}_id`]: world.maybe(table) };
}
