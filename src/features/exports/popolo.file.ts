import type { RecordType } from '../../domain/vocabulary.js';
import type { LongRow } from '../../platform/prisma/long.reads.js';
import type { Moment } from './export.moment.js';
import { inOrder } from './export.order.js';
import {
  citedQuery,
  outsideQuery,
  withinQuery,
  type PopoloRow,
  type RowWithin,
} from './exports.db.js';
import { Following } from './following.js';
import { lineOf, recordLines } from './ndjson.file.js';
import {
  ATTENDEE,
  EVENT,
  MEMBERSHIP,
  MOTION,
  ORGANIZATION,
  PERSON,
  VOTE,
  VOTE_EVENT,
  linksOf,
  present,
  type Body,
  type Members,
} from './popolo.mapping.js';

/** Elements of a list as JSON, some at a time. */
type Elements = AsyncGenerator<readonly string[], undefined>;

const ATTENDED = `record.mode::text IN ('in_person', 'phone', 'video')`;

/** What has a place of its own in Popolo. */
const SAID: ReadonlySet<RecordType> = new Set([
  'people',
  'factions',
  'members',
  'meetings',
  'attendance',
  'motions',
  'vote-events',
  'votes',
]);

/**
 * A document of Popolo 1.0.1: its lists, an element a line, and last the list `accord` of the records that it has no place for, as
 * lines of ours.
 */
export async function* writePopolo(moment: Moment): AsyncGenerator<string, undefined> {
  const lists: readonly (readonly [name: string, elements: Elements])[] = [
    ['persons', elements(moment, 'people', PERSON)],
    ['organizations', elements(moment, 'factions', ORGANIZATION)],
    ['memberships', elements(moment, 'members', MEMBERSHIP)],
    ['events', events(moment)],
    ['motions', elements(moment, 'motions', MOTION)],
    ['vote_events', voteEvents(moment)],
    ['votes', furtherVotes(moment)],
    ['accord', others(moment)],
  ];
  let open = '{';
  for (const [name, each] of lists) {
    let before = `${open}"${name}":[\n`;
    for await (const some of each) {
      if (some.length === 0) continue;
      yield before + some.join(',\n');
      before = ',\n';
    }
    // Of a list without an element, its beginning was not written yet.
    open = before === ',\n' ? '\n],\n' : `${before}],\n`;
  }
  yield `${open.slice(0, -2)}\n}\n`;
}

async function* elements(moment: Moment, type: RecordType, members: Members): Elements {
  for await (const rows of moment.pages<PopoloRow>(citedQuery(moment.wanted(type))))
    yield rows.map((row) => elementOf(members, row));
}

async function* events(moment: Moment): Elements {
  const attendance = moment.wanted('attendance');
  const attendees = new Following(
    moment.pages<RowWithin>(
      withinQuery({ ...attendance, above: 'meeting_id', only: ATTENDED, part: 'first' }),
    ),
  );
  for await (const rows of moment.pages<PopoloRow>(citedQuery(moment.wanted('meetings')))) {
    const some: string[] = [];
    for (const row of rows) {
      const found = await attendees.within(row.id);
      some.push(elementOf(EVENT, row, { attendees: found.map(attendeeOf) }));
    }
    yield some;
  }
}

async function* voteEvents(moment: Moment): Elements {
  const votes = new Following(
    moment.pages<RowWithin>(
      withinQuery({ ...moment.wanted('votes'), above: 'vote_event_id', part: 'first' }),
    ),
  );
  for await (const rows of moment.pages<PopoloRow>(citedQuery(moment.wanted('vote-events')))) {
    const some: string[] = [];
    for (const row of rows) {
      const found = await votes.within(row.id);
      const beside = { organization_id: row.factionId, votes: found.map(voteOf) };
      some.push(elementOf(VOTE_EVENT, row, beside));
    }
    yield some;
  }
}

/** The votes for which there is no room within their vote event. */
async function* furtherVotes(moment: Moment): Elements {
  const query = withinQuery({ ...moment.wanted('votes'), above: 'vote_event_id', part: 'beyond' });
  for await (const rows of moment.pages<RowWithin>(query))
    yield rows.map((row) => JSON.stringify(voteOf(row)));
}

/** What Popolo has no place for: who was absent, attendees for whom there is no room, and whole resources. */
async function* others(moment: Moment): Elements {
  const attendance = moment.wanted('attendance');
  const unsaid = [
    outsideQuery(attendance, `NOT ${ATTENDED}`),
    withinQuery({ ...attendance, above: 'meeting_id', only: ATTENDED, part: 'beyond' }),
  ];
  for (const query of unsaid)
    for await (const rows of moment.pages<LongRow>(query))
      yield rows.map(({ json }) => lineOf('attendance', json));
  for (const definition of inOrder(moment.definitions))
    if (!SAID.has(definition.type)) yield* recordLines(moment, definition);
}

function elementOf(members: Members, { json, sources }: PopoloRow, beside: Body = {}): string {
  const { accord, ...shown } = present(members, JSON.parse(json) as Body);
  const cited = sources === null ? {} : { sources: linksOf(sources) };
  return JSON.stringify({ ...shown, ...beside, ...cited, accord });
}

function attendeeOf({ json, name }: RowWithin): Body {
  return present(ATTENDEE, { name, ...(JSON.parse(json) as Body) });
}

function voteOf({ json }: RowWithin): Body {
  return present(VOTE, JSON.parse(json) as Body);
}
