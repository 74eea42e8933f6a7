/**
 * What the data sets are made of, as SQL. A data set is so many mergers of one shape: ten people, three factions, ten vote
 * events with a hundred votes, and what else a merger has; 300 revisions each. Every revision has a number of its own, its slot, from which
 * follow its place in the ledger, the instant at which it was recorded and, of a record's first one, the id.
 */
import { VOTE_CHANNELS, VOTE_OPTIONS } from '../../src/domain/vocabulary.js';

/** Revisions of one merger. */
export const SLOTS = 300;

/** Votes of one merger. */
const VOTES = 100;

/** The records of one kind. */
export interface Part {
  readonly table: string;
  /** How many there are in a merger. */
  readonly count: number;
  /** Of each version, the slot of the first record's. */
  readonly slots: readonly number[];
  /** Whether their revisions belong to the merger. */
  readonly isOfMerger: boolean;
  /** What is in the columns: expressions over `made`, see {@link stage}. */
  readonly columns: Readonly<Record<string, string>>;
  /** Of which mergers there is one, and which versions: a condition over `made`. */
  readonly only?: string;
}

// Every tenth merger holds something back, and every tenth is completed.
const HOLDS_BACK = 'made.number % 10 = 5';
const IS_COMPLETED = 'made.number % 10 = 7';

const GIVEN =
  'Amna Bilal Celia Danish Erum Farid Ghazala Hamid Iqra Junaid Kiran Latif Mehwish Nadeem Omar Parveen Qasim Rabia Saad Tahira Usman Waqar Yasmin Zubair';
const FAMILY =
  'Abbasi Baig Chishti Durrani Effendi Farooqi Gilani Hashmi Jatoi Khan Lodhi Mirza Niazi Orakzai Paracha Qureshi Rizvi Siddiqui Tareen Usmani Wattoo Yousafzai Zaidi';

/** The number of the first vote that is changed no second time, and of the one that is retracted instead. */
const CHANGED_TWICE = 47;
const RETRACTED = 46;

/** In the order in which they are recorded. */
export const PARTS: readonly Part[] = [
  {
    table: 'people',
    count: 10,
    slots: [0],
    isOfMerger: false,
    columns: {
      slug: "'person-' || made.born",
      name: `${pick(GIVEN, 'made.born')} || ' ' || ${pick(FAMILY, '-made.born')}`,
      given_name: pick(GIVEN, 'made.born'),
      family_name: pick(FAMILY, '-made.born'),
      embargo_until: `CASE WHEN made.nth = 9 AND ${HOLDS_BACK} THEN '2023-06' END`,
    },
  },
  {
    table: 'factions',
    count: 3,
    slots: [10],
    isOfMerger: false,
    columns: {
      slug: "'faction-' || made.born",
      name: `(ARRAY['Party ', 'Faction ', 'Committee '])[made.nth + 1] || made.born`,
      classification: `(ARRAY['party', 'faction', 'committee'])[made.nth + 1]::faction_classification`,
      parent_id: `CASE WHEN made.nth = 2 THEN ${idAt(11)} END`,
      other_names: `CASE WHEN made.nth = 1 THEN jsonb_build_array(jsonb_build_object('name', 'Splinter ' || made.born, 'kind', 'alias')) ELSE '[]' END`,
    },
  },
  {
    table: 'members',
    count: 10,
    slots: [13],
    isOfMerger: false,
    columns: { person_id: idAt('made.nth'), faction_id: idAt(12), start_date: "'2022-01'" },
  },
  {
    table: 'mergers',
    count: 1,
    slots: [23],
    isOfMerger: true,
    columns: {
      slug: "'merger-' || made.number",
      title: "'Merger ' || made.number",
      expected_kind: "'merged'",
      started_on: "'2022-11'",
    },
  },
  {
    table: 'participants',
    count: 2,
    slots: [24],
    isOfMerger: true,
    columns: {
      merger_id: idAt(23),
      faction_id: idAt('10 + made.nth'),
      role: `(ARRAY['lead', 'joining'])[made.nth + 1]::participant_role`,
    },
  },
  {
    table: 'motions',
    count: 2,
    slots: [26],
    isOfMerger: true,
    columns: {
      merger_id: idAt(23),
      faction_id: idAt(12),
      text: `(ARRAY['To join.', 'To keep the name.'])[made.nth + 1]`,
      classification: `(ARRAY['accept_entry', 'other'])[made.nth + 1]::motion_classification`,
      requirement: `(ARRAY['two_thirds_cast', 'simple_majority'])[made.nth + 1]::requirement`,
      proposed_on: "'2022-11-20'",
    },
  },
  {
    table: 'meetings',
    count: 1,
    slots: [28],
    isOfMerger: true,
    columns: {
      merger_id: idAt(23),
      title: "'The committee meets'",
      host_faction_id: idAt(12),
      starts_on: "'2022-11-28'",
      status: "'held'",
      visibility: `CASE WHEN ${HOLDS_BACK} THEN 'draft' ELSE 'public' END::visibility`,
    },
  },
  {
    table: 'vote_events',
    count: 10,
    slots: [29],
    isOfMerger: true,
    columns: {
      motion_id: idAt('26 + made.nth / 5'),
      meeting_id: `CASE WHEN made.nth = 0 THEN ${idAt(28)} END`,
      start_date: `'2022-11-' || (20 + made.nth % 5)`,
      seats: '10',
      complete: 'true',
    },
  },
  {
    table: 'milestones',
    count: 4,
    slots: [39],
    isOfMerger: true,
    columns: {
      merger_id: idAt(23),
      title: `(ARRAY['Talks', 'The committee decides', 'The issues are settled', 'Announcement'])[made.nth + 1]`,
      classification: `(ARRAY['talks', 'decision', 'issue', 'announcement'])[made.nth + 1]::milestone_classification`,
      weight: '1 + made.nth',
      depends_on: `CASE made.nth WHEN 0 THEN '{}' WHEN 3 THEN ARRAY[${idAt(40)}, ${idAt(41)}] ELSE ARRAY[${idAt('38 + made.nth')}] END`,
      estimate: `CASE WHEN made.nth = 2 THEN jsonb_build_object('likelyDays', 13, 'optimisticDays', 10, 'pessimisticDays', 15) END`,
      due_from: "CASE WHEN made.nth = 3 THEN '2023-01-09' END",
      due_to: "CASE WHEN made.nth = 3 THEN '2023-01-14' END",
      satisfied_by_motion_id: `CASE WHEN made.nth = 1 THEN ${idAt(26)} END`,
    },
  },
  {
    table: 'transitions',
    count: 4,
    slots: [43],
    isOfMerger: true,
    columns: {
      milestone_id: `(ARRAY[${idAt(39)}, ${idAt(41)}, ${idAt(41)}, ${idAt(42)}])[made.nth + 1]`,
      state: `(ARRAY['achieved', 'blocked', 'in_progress', 'planned'])[made.nth + 1]::milestone_state`,
      occurred_on: `'2022-11-' || (20 + made.nth)`,
      percent: 'CASE made.nth WHEN 1 THEN 30 WHEN 2 THEN 60 END',
      note: "CASE made.nth WHEN 1 THEN 'The offices are in dispute.' END",
    },
  },
  {
    table: 'stances',
    count: 2,
    slots: [47],
    isOfMerger: true,
    columns: {
      participant_id: idAt('24 + made.nth'),
      stance: `(ARRAY['agreed', 'exploring'])[made.nth + 1]::stance`,
      occurred_on: "'2022-11-15'",
      basis: "'statement'",
    },
  },
  {
    table: 'predictions',
    count: 1,
    slots: [49],
    isOfMerger: true,
    columns: {
      merger_id: idAt(23),
      from: "'2023-01-09'",
      to: "'2023-01-14'",
      stated_on: "'2022-11-30'",
      stated_by_label: "'a source in the party'",
    },
    only: `NOT (${IS_COMPLETED})`,
  },
  {
    table: 'successions',
    count: 1,
    slots: [49],
    isOfMerger: true,
    columns: {
      merger_id: idAt(23),
      predecessor_ids: `ARRAY[${idAt(10)}, ${idAt(11)}]`,
      successor_id: idAt(10),
      kind: "'joined'",
      date: "'2023-01-12'",
    },
    only: IS_COMPLETED,
  },
  {
    table: 'sources',
    count: 1,
    slots: [50],
    isOfMerger: false,
    columns: {
      title: "'Report ' || made.number",
      publisher: `${pick(FAMILY, 'made.number')} || ' Times'`,
      published_on: "'2022-11-30'",
      kind: "'article'",
      confidential: HOLDS_BACK,
    },
  },
  {
    table: 'citations',
    count: 2,
    slots: [51],
    isOfMerger: true,
    columns: {
      source_id: idAt(50),
      record_type: `(ARRAY['milestones', 'vote-events'])[made.nth + 1]::record_type`,
      record_id: `(ARRAY[${idAt(41)}, ${idAt(29)}])[made.nth + 1]`,
      field: "CASE made.nth WHEN 1 THEN 'seats' END",
    },
  },
  {
    table: 'votes',
    count: VOTES,
    slots: [53, 153, 253],
    isOfMerger: true,
    columns: {
      vote_event_id: idAt('29 + made.nth / 10'),
      person_id: idAt('made.nth % 10'),
      faction_id: idAt(12),
      option: `${pick(VOTE_OPTIONS.join(' '), 'made.born + made.version / 3')}::vote_option`,
      // Reported first, then as it was; what was never reported is among the rest.
      channel: `CASE made.version WHEN 1 THEN 'reported' ELSE ${pick(VOTE_CHANNELS.filter((channel) => channel !== 'reported').join(' '), 'made.born')} END::vote_channel`,
      cast_on: `CASE WHEN made.version = 3 AND made.nth <> ${String(RETRACTED)} THEN '2022-11-28' END`,
      retracted_at: `CASE WHEN made.version = 3 AND made.nth = ${String(RETRACTED)} THEN pg_temp.instant_of(made.slot) END`,
    },
    only: `made.version < 3 OR made.nth < ${String(CHANGED_TWICE)}`,
  },
];

/** The id of the record that was born in a slot of the same merger. */
function idAt(slot: string | number): string {
  return `pg_temp.id_of(made.first + ${String(slot)})`;
}

function pick(words: string, number: string): string {
  const list = words.split(' ').map((word) => `'${word}'`);
  return `pg_temp.pick(ARRAY[${list.join(', ')}], ${number})`;
}
