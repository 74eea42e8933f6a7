import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { startTestApp, type TestApp } from '../../support/app.js';
import { exported, exportedLines, recordEverything } from '../../support/exports.js';
import {
  buildAttendance,
  buildCitation,
  buildFaction,
  buildMeeting,
  buildMember,
  buildMotion,
  buildPerson,
  buildSource,
  buildVote,
  buildVoteEvent,
} from '../../support/factories.js';
import { POPOLO_LISTS, popoloFaults } from '../../support/popolo/facts.js';
import { readBackPopolo, withoutNothing } from '../../support/popolo/read.back.js';

type Json = Readonly<Record<string, unknown>>;
type Document = Readonly<Record<string, readonly Json[]>>;

/** A folder with Popolo's own schemas, for whoever has them. */
const SCHEMAS = process.env['POPOLO_SCHEMAS'];

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

async function popolo(query = '', as: 'reader' | 'editor' = 'reader'): Promise<Document> {
  return JSON.parse(await exported(accord, `format=popolo&${query}`, as)) as Document;
}

function elementAt(document: Document, list: string, id: string): Json | undefined {
  return document[list]?.find((each) => each['id'] === id);
}

function listedIn(document: Document, list: string): readonly Json[] {
  return document[list] ?? [];
}

describe('Popolo', () => {
  it('of nothing is its lists', async () => {
    expect(await popolo()).toEqual({
      persons: [],
      organizations: [],
      memberships: [],
      events: [],
      motions: [],
      vote_events: [],
      votes: [],
      accord: [],
    });
  });

  it('tells of a party, its people and how they voted', async () => {
    const parent = await buildFaction(accord, { name: 'MQM' });
    const party = await buildFaction(accord, {
      name: 'MQM-P',
      parentId: parent.id,
      extras: { popolo: { image: 'https://mqm.example.org/logo.png' } },
    });
    const person = await buildPerson(accord, {
      name: 'Kamran Tessori',
      otherNames: [{ name: 'کامران ٹیسوری', lang: 'ur', kind: 'transliteration' }],
      identifiers: [{ scheme: 'wikidata', identifier: 'Q15715800' }],
      extras: { popolo: { gender: 'male' } },
    });
    const url = 'https://news.example.org/report';
    const source = await buildSource(accord, { title: 'A report', url });
    await buildCitation(accord, { sourceId: source.id, recordType: 'people', recordId: person.id });
    const member = await buildMember(accord, { personId: person.id, factionId: party.id });
    const meeting = await buildMeeting(accord, {
      title: 'At Pakistan House',
      status: 'held',
      startsOn: '2022-12-28',
    });
    await buildAttendance(accord, { meetingId: meeting.id, personId: person.id, mode: 'phone' });
    const absent = await buildAttendance(accord, { meetingId: meeting.id, mode: 'absent' });
    const motion = await buildMotion(accord, { factionId: party.id });
    const voteEvent = await buildVoteEvent(accord, {
      motionId: motion.id,
      reportedCounts: [{ option: 'yes', value: 31, qualifier: 'at_least' }],
    });
    const vote = await buildVote(accord, { voteEventId: voteEvent.id, personId: person.id });
    const document = await popolo();
    expect(elementAt(document, 'persons', person.id)).toMatchObject({
      name: 'Kamran Tessori',
      other_names: [{ name: 'کامران ٹیسوری', lang: 'ur', accord: { kind: 'transliteration' } }],
      identifiers: [{ scheme: 'wikidata', identifier: 'Q15715800' }],
      gender: 'male',
      sources: [{ url, note: 'A report' }],
      accord: { slug: 'kamran-tessori' },
    });
    expect(elementAt(document, 'organizations', party.id)).toMatchObject({
      name: 'MQM-P',
      classification: 'party',
      parent_id: parent.id,
      image: 'https://mqm.example.org/logo.png',
    });
    expect(elementAt(document, 'memberships', member.id)).toMatchObject({
      person_id: person.id,
      organization_id: party.id,
    });
    expect(elementAt(document, 'events', meeting.id)).toMatchObject({
      name: 'At Pakistan House',
      start_date: '2022-12-28',
      attendees: [{ id: person.id, name: 'Kamran Tessori', accord: { mode: 'phone' } }],
    });
    expect(elementAt(document, 'motions', motion.id)).toMatchObject({ organization_id: party.id });
    expect(elementAt(document, 'vote_events', voteEvent.id)).toMatchObject({
      motion_id: motion.id,
      organization_id: party.id,
      start_date: '2022-12-28T00:00:00Z',
      counts: [{ option: 'yes', value: 31, accord: { qualifier: 'at_least' } }],
      votes: [{ id: vote.id, voter_id: person.id, option: 'yes' }],
    });
    expect(listedIn(document, 'accord')).toContainEqual({ recordType: 'attendance', ...absent });
    expect(elementAt(document, 'accord', source.id)).toMatchObject({ recordType: 'sources', url });
  });

  it('names no source to readers that they may not see, nor one that disputes', async () => {
    const person = await buildPerson(accord);
    const about = { recordType: 'people', recordId: person.id };
    const confidential = { confidential: true, url: 'https://a.example.org/' };
    const secret = await buildSource(accord, confidential);
    const other = await buildSource(accord, { url: 'https://b.example.org/' });
    await buildCitation(accord, { ...about, sourceId: secret.id });
    await buildCitation(accord, { ...about, sourceId: other.id, stance: 'disputes' });
    const shown = elementAt(await popolo(), 'persons', person.id);
    expect(shown).not.toHaveProperty('sources');
    expect(elementAt(await popolo('', 'editor'), 'persons', person.id)).toMatchObject({
      sources: [{ url: 'https://a.example.org/', note: 'A report' }],
    });
  });

  it('is valid, and what is read back from it is all there is', async () => {
    await recordEverything(accord);
    await buildPerson(accord, {
      extras: { popolo: { email: 5, image: 'none', contact_details: [{ type: 4 }], links: 'x' } },
    });
    for (const query of ['', 'asOf=2022-12', 'knownAt=2999']) {
      const document = await popolo(query);
      for (const list of POPOLO_LISTS)
        for (const element of listedIn(document, list))
          expect(popoloFaults(list, element)).toEqual([]);
      const lines = (await exportedLines(accord, query)).map((line) => withoutNothing(line));
      const read = readBackPopolo(document);
      expect(byId(read)).toEqual(byId(lines));
    }
  });

  it('has more votes than stand within their vote event in a list of their own', async () => {
    const voteEvent = await buildVoteEvent(accord);
    const meeting = await buildMeeting(accord);
    const author = { name: 'a test', keyId: '', reason: null, requestId: null };
    await accord.database.write(author, async (tx) => {
      await tx.query(
        `INSERT INTO votes (vote_event_id, voter_name, option, channel)
         SELECT $1::uuid, 'voter ' || number, 'yes', 'in_person' FROM generate_series(1, 1003) AS number`,
        [voteEvent.id],
      );
      await tx.query(
        `INSERT INTO people (name, slug) SELECT 'Attendee', 'attendee-' || number FROM generate_series(1, 1002) AS number`,
        [],
      );
      await tx.query(
        `INSERT INTO attendance (meeting_id, person_id, mode)
         SELECT $1::uuid, person.id, 'in_person' FROM people AS person WHERE person.name = 'Attendee'`,
        [meeting.id],
      );
    });
    const document = await popolo();
    expect(elementAt(document, 'vote_events', voteEvent.id)?.['votes']).toHaveLength(1_000);
    expect(elementAt(document, 'events', meeting.id)?.['attendees']).toHaveLength(1_000);
    const votes = listedIn(document, 'votes');
    expect(votes.map((vote) => vote['vote_event_id'])).toEqual(Array(3).fill(voteEvent.id));
    const further = listedIn(document, 'accord').filter((each) => each['meetingId'] === meeting.id);
    expect(further).toHaveLength(2);
    const lines = (await exportedLines(accord)).map((line) => withoutNothing(line));
    expect(byId(readBackPopolo(document))).toEqual(byId(lines));
  });

  (SCHEMAS === undefined ? it.skip : it)('is valid by Popolo’s own schemas', async () => {
    const judge = await judgeBySchemas(SCHEMAS ?? '');
    const document = await popolo();
    const faults = POPOLO_LISTS.flatMap((list) =>
      listedIn(document, list).flatMap((element) => judge(list, element)),
    );
    expect(faults).toEqual([]);
    expect(judge('persons', { birth_date: 'then' })).not.toEqual([]);
  });
});

function byId(records: readonly Json[]): readonly Json[] {
  return records.toSorted((one, other) => (String(one['id']) < String(other['id']) ? -1 : 1));
}

const SCHEMA_OF: Readonly<Record<string, string>> = {
  persons: 'person',
  organizations: 'organization',
  memberships: 'membership',
  events: 'event',
  motions: 'motion',
  vote_events: 'vote_event',
  votes: 'vote',
};

/** A judge by schemas of JSON Schema's third draft, in which a property says itself whether it is needed. */
async function judgeBySchemas(
  folder: string,
): Promise<(list: string, element: Json) => readonly string[]> {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  for (const name of await readdir(folder)) {
    const { id, ...schema } = JSON.parse(await readFile(join(folder, name), 'utf8')) as Json;
    ajv.addSchema({ ...renewed(schema), $id: String(id).replace('#', '') });
  }
  return (list, element) => {
    const id = `http://www.popoloproject.com/schemas/${String(SCHEMA_OF[list])}.json`;
    return ajv.validate(id, element) ? [] : [`${list} ${ajv.errorsText()}`];
  };
}

function renewed(schema: Json): Json {
  const properties = Object.entries(Object(schema['properties']) as Record<string, Json>);
  return {
    ...without('$schema', schema),
    properties: Object.fromEntries(
      properties.map(([name, property]) => [name, without('required', property)]),
    ),
    required: properties.filter(([, { required }]) => required === true).map(([name]) => name),
  };
}

function without(name: string, schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([each]) => each !== name));
}
