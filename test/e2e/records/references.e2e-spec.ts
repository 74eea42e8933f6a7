import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  buildFaction,
  buildMandate,
  buildMeeting,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildPrediction,
  buildSource,
  buildVoteEvent,
  record,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { expectProblem, expectRefusal } from '../../support/refusals.js';
import { specimens } from '../../support/specimens/all.js';

type Build = (accord: TestApp, fields?: Fields) => Promise<Stored>;

/** What each field of an id names: the word of its path, and how one is made. */
const TARGETS: Readonly<Record<string, readonly [string, Build]>> = {
  parentId: ['factions', buildFaction],
  factionId: ['factions', buildFaction],
  hostFactionId: ['factions', buildFaction],
  grantorFactionId: ['factions', buildFaction],
  successorId: ['factions', buildFaction],
  predecessorIds: ['factions', buildFaction],
  personId: ['people', buildPerson],
  grantorPersonId: ['people', buildPerson],
  holderId: ['people', buildPerson],
  statedById: ['people', buildPerson],
  speakerId: ['people', buildPerson],
  mergerId: ['mergers', buildMerger],
  motionId: ['motions', buildMotion],
  satisfiedBy: ['motions', buildMotion],
  mandateId: ['mandates', buildMandate],
  meetingId: ['meetings', buildMeeting],
  milestoneId: ['milestones', buildMilestone],
  participantId: ['participants', buildParticipant],
  dependsOn: ['milestones', buildMilestone],
  voteEventId: ['vote-events', buildVoteEvent],
  sourceId: ['sources', buildSource],
  derivedFromId: ['sources', buildSource],
  recordId: ['predictions', buildPrediction],
};

/** The id that a field holds: itself, the first of a list, or the one in an object. */
function idOf(value: unknown): string {
  const [id = ''] =
    typeof value === 'string' ? [value] : (Object.values(value as object) as string[]);
  return id;
}

/** The field with another id in the place of the first, and the pointer to it. */
function withId(name: string, value: unknown, id: string): readonly [unknown, string] {
  if (typeof value === 'string') return [id, `/${name}`];
  if (Array.isArray(value)) return [[id, ...value.slice(1)], `/${name}/0`];
  const [key = ''] = Object.keys(value as object);
  return [{ [key]: id }, `/${name}/${key}`];
}

function referencesIn(body: Fields): readonly (readonly [string, unknown])[] {
  return Object.entries(body).filter(([name, value]) => name in TARGETS && value !== null);
}

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

describe.each(specimens.map((specimen) => [specimen.type, specimen] as const))(
  'the references of %s',
  (type, specimen) => {
    it('refuses an id of nothing and an id of another kind', async () => {
      const { path, full } = await specimen.prepare(accord);
      for (const [name, value] of referencesIn(full)) {
        const [, build] = TARGETS[name] ?? [];
        const another = build === buildSource ? buildPerson : buildSource;
        for (const id of [NOBODY, (await another(accord)).id]) {
          const [wrong, pointer] = withId(name, value, id);
          const post = () => accord.post(path, { ...full, [name]: wrong });
          await expectRefusal(accord, post, [422, 'reference_not_found', pointer]);
        }
      }
    });

    /** A record that was retracted, in the place of the one that a field names. */
    const retractedIn = async (name: string, value: unknown) => {
      const [target = '', build] = TARGETS[name] ?? [];
      const id = (await build?.(accord))?.id ?? '';
      expect((await accord.retract(`/v1/${target}/${id}`)).status).toBe(204);
      return withId(name, value, id);
    };

    it('refuses the id of a record that was retracted', async () => {
      const { path, full } = await specimen.prepare(accord);
      for (const [name, value] of referencesIn(full)) {
        const [wrong, pointer] = await retractedIn(name, value);
        const post = () => accord.post(path, { ...full, [name]: wrong });
        await expectRefusal(accord, post, [422, 'reference_retracted', pointer]);
      }
    });

    it('refuses the id of a record that was retracted in a patch, too', async () => {
      const { path, full } = await specimen.prepare(accord);
      const { id } = await record(accord, path, full);
      const changeable = referencesIn(full).filter(([name]) => !specimen.fixed.includes(name));
      for (const [name, value] of changeable) {
        const [wrong, pointer] = await retractedIn(name, value);
        const patch = () => accord.patch(`/v1/${type}/${id}`, { [name]: wrong });
        await expectRefusal(accord, patch, [422, 'reference_retracted', pointer]);
      }
    });

    it('refuses what is no id', async () => {
      const { path, full } = await specimen.prepare(accord);
      for (const [name, value] of referencesIn(full)) {
        for (const id of ['mqm-p', '1', '', `${NOBODY} `, `{${NOBODY}}`]) {
          const [wrong, pointer] = withId(name, value, id);
          const post = () => accord.post(path, { ...full, [name]: wrong });
          const at = Array.isArray(value) ? `/${name}` : pointer;
          await expectRefusal(accord, post, [400, 'validation_failed', at]);
        }
      }
    });

    it('keep what they name: a record that another one refers to is not retracted', async () => {
      const { path, above, full } = await specimen.prepare(accord);
      const made = await record(accord, path, full);
      for (const [name, value] of referencesIn({ ...above, ...full })) {
        if (name === 'recordId') continue;
        const [target = ''] = TARGETS[name] ?? [];
        const retract = () => accord.retract(`/v1/${target}/${idOf(value)}`);
        const { body } = await expectRefusal(accord, retract, [409, 'still_referenced']);
        expect(body).toMatchObject({ referencedBy: { [type]: expect.any(Number) } });
      }
      expect((await accord.retract(`/v1/${type}/${made.id}`)).status).toBe(204);
    });
  },
);

describe('a nested path', () => {
  it.each([
    ['mergers', 'succession', buildMerger],
    ['participants', 'stances', buildParticipant],
    ['milestones', 'transitions', buildMilestone],
    ['meetings', 'attendance', buildMeeting],
  ] as const)(
    'of /%s/{id}/%s is found only while the record above is there',
    async (above, segment, build) => {
      const { id } = await build(accord);
      const specimen = specimens.find(({ type }) => type.startsWith(segment.slice(0, 5)));
      const { full } = (await specimen?.prepare(accord)) ?? { full: {} };
      const path = (key: string) => `/v1/${above}/${key}/${segment}`;
      expect((await accord.get(path(id))).body).toEqual({ data: [], page: { next: null } });
      for (const key of [NOBODY, 'no-such-record']) {
        expectProblem(await accord.get(path(key)), [404, 'not_found']);
        await expectRefusal(accord, () => accord.post(path(key), full), [404, 'not_found']);
      }
      await accord.retract(`/v1/${above}/${id}`, 'never was');
      const gone = await accord.get(path(id));
      expectProblem(gone, [410, 'retracted']);
      expect(gone.body).toMatchObject({ reason: 'never was' });
      await expectRefusal(accord, () => accord.post(path(id), full), [410, 'retracted']);
    },
  );
});

describe('a vote event', () => {
  it('refuses a meeting about another merger, and takes one about no merger', async () => {
    const motionId = (await buildMotion(accord)).id;
    const elsewhere = (await buildMeeting(accord, { mergerId: (await buildMerger(accord)).id })).id;
    const post = () => accord.post('/v1/vote-events', { motionId, meetingId: elsewhere });
    const foreign = [422, 'reference_of_another_merger', '/meetingId'] as const;
    await expectRefusal(accord, post, foreign);
    const made = await buildVoteEvent(accord, {
      motionId,
      meetingId: (await buildMeeting(accord)).id,
    });
    const patch = () => accord.patch(`/v1/vote-events/${made.id}`, { meetingId: elsewhere });
    await expectRefusal(accord, patch, foreign);
  });
});

describe('a record that names nothing there and is against its rules', () => {
  it('is refused for what it names', async () => {
    const bodies: readonly (readonly [string, Fields])[] = [
      ['/v1/participants', { mergerId: NOBODY, role: 'lead' }],
      ['/v1/votes', { voteEventId: NOBODY, option: 'yes', channel: 'in_person' }],
      ['/v1/votes', { voteEventId: NOBODY, personId: NOBODY, option: 'yes', channel: 'in_person' }],
    ];
    const participant = await buildParticipant(accord);
    const stances = `/v1/participants/${participant.id}/stances`;
    const stance = { stance: 'agreed', occurredOn: '2022', basis: 'mandate', mandateId: NOBODY };
    for (const [path, body] of [...bodies, [stances, stance] as const]) {
      const post = () => accord.post(path, body);
      await expectRefusal(accord, post, [422, 'reference_not_found']);
    }
  });
});
