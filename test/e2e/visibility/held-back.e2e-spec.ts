/** What is held back stays back, is shown when its time has come, and is held back again at once. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  announcementOf,
  buildCitation,
  buildFaction,
  buildMandate,
  buildMeeting,
  buildMember,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildPrediction,
  buildSource,
  buildStance,
  buildTransition,
  buildVote,
  buildVoteEvent,
  idsListed,
  type Stored,
} from '../../support/factories.js';
import { expectProblem, type Refusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const asEditor = (path: string): Promise<Answer> => accord.send('GET', path, {}, 'editor');
const draft = { visibility: 'draft' };
const ABSENT: Refusal = [404, 'not_found'];

describe('a draft', () => {
  it('is for key holders: to readers it was never there, byte for byte', async () => {
    const { id } = await buildPerson(accord, { name: 'A secret name', slug: 'hush', ...draft });
    expect((await asEditor(`/v1/people/${id}`)).body).toMatchObject({ id, ...draft });
    for (const path of ['', '/revisions']) {
      const hidden = await accord.get(`/v1/people/${id}${path}`);
      const absent = await accord.get(`/v1/people/${NOBODY}${path}`);
      expectProblem(hidden, ABSENT);
      expect(hidden.text).toBe(absent.text);
      expect(comparable(hidden)).toEqual(comparable(absent));
      expect(comparable(await accord.get(`/v1/people/hush${path}`))).toEqual(comparable(absent));
    }
    expect(await idsListed(accord, '/v1/people')).not.toContain(id);
    expect(await idsListed(accord, '/v1/people?slug=hush')).toEqual([]);
    expect(await idsListed(accord, '/v1/people?q=secret')).toEqual([]);
  });

  it('is hidden with what requires it; what can do without it leaves it out', async () => {
    const faction = await buildFaction(accord, draft);
    const member = await buildMember(accord, { factionId: faction.id });
    const committee = await buildFaction(accord, { parentId: faction.id });
    const meeting = await buildMeeting(accord, { hostFactionId: faction.id });
    expectProblem(await accord.get(`/v1/members/${member.id}`), ABSENT);
    const shown = await accord.get(`/v1/factions/${committee.id}`);
    expect(shown.body).toMatchObject({ parentId: null });
    expect((await accord.get(`/v1/meetings/${meeting.id}`)).body).toMatchObject({
      hostFactionId: null,
    });
    expect((await asEditor(`/v1/meetings/${meeting.id}`)).body).toMatchObject({
      hostFactionId: faction.id,
    });
    expect(await idsListed(accord, `/v1/meetings?hostFactionId=${faction.id}`)).toEqual([]);
    // Once the faction is shown the committee's body differs at the same version: so does its tag.
    await accord.patch(`/v1/factions/${faction.id}`, { visibility: 'public' });
    const whole = await accord.get(`/v1/factions/${committee.id}`);
    expect(whole.body).toMatchObject({ parentId: faction.id, version: 1 });
    // It has a digest in both cases, or it would tell that something was left out.
    const tags = [shown, whole].map(({ headers }) => headers.get('etag'));
    for (const tag of tags) expect(tag).toMatch(/^"v1\.[\w-]{22}"$/);
    expect(tags[0]).not.toBe(tags[1]);
    const own = await asEditor(`/v1/factions/${committee.id}`);
    expect(own.headers.get('etag')).toBe('"v1"');
    expect((await accord.get(`/v1/members/${member.id}`)).status).toBe(200);
  });

  it('leaves a milestone out of what another one depends on', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const open = await buildMilestone(accord, { mergerId });
    const secret = await buildMilestone(accord, { mergerId, ...draft });
    const { id } = await announcementOf(accord, mergerId);
    await accord.patch(`/v1/milestones/${id}`, { dependsOn: [secret.id, open.id] });
    expect((await accord.get(`/v1/milestones/${id}`)).body).toMatchObject({ dependsOn: [open.id] });
    const { body } = await accord.get(`/v1/mergers/${mergerId}/status`);
    expect(body.progress.contributions).toHaveLength(1);
    expect(
      (await asEditor(`/v1/mergers/${mergerId}/status`)).body.progress.contributions,
    ).toHaveLength(2);
  });
});

describe('an embargo', () => {
  afterAll(() => {
    accord.setInstant(null);
  });

  it('is over by itself at its instant, and holds again at once when it is set again', async () => {
    const { id } = await buildPerson(accord, { embargoUntil: '2031-03-01' });
    const path = `/v1/people/${id}`;
    accord.setInstant('2031-03-01T23:59:59.999Z');
    expectProblem(await accord.get(path), ABSENT);
    accord.setInstant('2031-03-02T00:00:00.000Z');
    expect((await accord.get(path)).status).toBe(200);
    accord.setInstant(null);
    await accord.patch(path, { embargoUntil: null });
    expect((await accord.get(path)).status).toBe(200);
    await accord.patch(path, { embargoUntil: '2031' });
    expectProblem(await accord.get(path), ABSENT);
  });

  it('that was over when it was recorded holds nothing back', async () => {
    const { id } = await buildPerson(accord, { embargoUntil: '2022-12-28T18:00Z' });
    expect((await accord.get(`/v1/people/${id}`)).status).toBe(200);
  });
});

describe('what is retracted while it is hidden', () => {
  afterAll(() => {
    accord.setInstant(null);
  });

  it('stays hidden when its embargo is over, its reason with it', async () => {
    const { id } = await buildPerson(accord, { embargoUntil: '2999' });
    const citation = await buildCitation(accord, { recordType: 'people', recordId: id });
    await accord.retract(`/v1/people/${id}`, 'the wrong name');
    accord.setInstant('3000-01-01T00:00:00Z');
    for (const path of ['', '/revisions'])
      expectProblem(await accord.get(`/v1/people/${id}${path}`), ABSENT);
    // What was said about it is live, and hidden with it.
    expectProblem(await accord.get(`/v1/citations/${citation.id}`), ABSENT);
    expect((await asEditor(`/v1/citations/${citation.id}`)).status).toBe(200);
    expectProblem(await asEditor(`/v1/people/${id}`), [410, 'retracted']);
    accord.setInstant(null);
  });

  it('stays hidden when what it required is shown', async () => {
    const faction = await buildFaction(accord, draft);
    const { id } = await buildMember(accord, { factionId: faction.id });
    await accord.retract(`/v1/members/${id}`, 'never one');
    await accord.patch(`/v1/factions/${faction.id}`, { visibility: 'public' });
    expectProblem(await accord.get(`/v1/members/${id}`), ABSENT);
    expectProblem(await accord.get(`/v1/members/${id}/revisions`), ABSENT);
  });

  it('is hidden, once restored, by what it says and requires then', async () => {
    const faction = await buildFaction(accord, draft);
    const { id } = await buildMember(accord, { factionId: faction.id });
    await accord.retract(`/v1/members/${id}`);
    const restore = (): Promise<unknown> =>
      accord.database.read(
        'UPDATE members AS member SET retracted_at = NULL WHERE member.id = $1::uuid RETURNING id::text AS id',
        [id],
      );
    await restore();
    expectProblem(await accord.get(`/v1/members/${id}`), ABSENT);
    await accord.retract(`/v1/members/${id}`);
    await accord.patch(`/v1/factions/${faction.id}`, { visibility: 'public' });
    expectProblem(await accord.get(`/v1/members/${id}`), ABSENT);
    await restore();
    expect((await accord.get(`/v1/members/${id}`)).status).toBe(200);
  });
});

describe('a confidential source', () => {
  it('is for key holders, with its citations; a source that derives from it is not', async () => {
    const source = await buildSource(accord, { confidential: true });
    const copy = await buildSource(accord, { derivedFromId: source.id });
    const citation = await buildCitation(accord, { sourceId: source.id });
    expectProblem(await accord.get(`/v1/sources/${source.id}`), ABSENT);
    expectProblem(await accord.get(`/v1/citations/${citation.id}`), ABSENT);
    expect((await accord.get(`/v1/sources/${copy.id}`)).body).toMatchObject({
      derivedFromId: null,
    });
    expect((await asEditor(`/v1/sources/${source.id}`)).body).toMatchObject({ confidential: true });
  });
});

describe('the history that a reader sees', () => {
  it('begins where the record became visible, and lacks what happened while it was held back', async () => {
    const { id } = await buildPerson(accord, { name: 'First', ...draft });
    const path = `/v1/people/${id}`;
    await accord.patch(path, { name: 'Second' });
    await accord.patch(path, { visibility: 'public', name: 'Third' });
    await accord.patch(path, { name: 'Fourth' });
    await accord.patch(path, { ...draft, name: 'Fifth' });
    await accord.patch(path, { name: 'Sixth' });
    await accord.patch(path, { visibility: 'public' });
    const answer = await accord.get(`${path}/revisions`);
    expect(answer.body.data.map(summary)).toEqual([
      [7, 'published', null, 'Sixth'],
      [4, 'update', 'Third', 'Fourth'],
      [3, 'published', null, 'Third'],
    ]);
    for (const word of ['First', 'Second', 'Fifth', 'actor', 'reason'])
      expect(answer.text).not.toContain(word);
    expect((await asEditor(`${path}/revisions`)).body.data).toHaveLength(7);
    const asPublic = await asEditor(`${path}/revisions?view=public`);
    expect(asPublic.text).toBe(answer.text);
    // Page by page it is the same history.
    const first = await accord.get(`${path}/revisions?limit=2`);
    const second = await accord.get(`${path}/revisions?limit=2&cursor=${first.body.page.next}`);
    expect([...first.body.data, ...second.body.data]).toEqual(answer.body.data);
    expect(second.body.page.next).toBeNull();
  });

  it('names nothing that is hidden, now or then', async () => {
    const parent = await buildFaction(accord, { name: 'The parent', ...draft });
    const child = await buildFaction(accord, { name: 'The child', parentId: parent.id });
    const revisions = () => accord.get(`/v1/factions/${child.id}/revisions`);
    expect((await revisions()).text).not.toContain(parent.id);
    await accord.patch(`/v1/factions/${parent.id}`, { visibility: 'public' });
    expect((await revisions()).text).not.toContain(parent.id);
    await accord.patch(`/v1/factions/${child.id}`, { name: 'The child again' });
    expect((await revisions()).body.data[0].after).toMatchObject({ parentId: parent.id });
  });

  it('lacks the versions that required what is hidden now', async () => {
    const [former, present] = [await buildPerson(accord), await buildPerson(accord)];
    const { id } = await buildMandate(accord, { holderId: former.id });
    const path = `/v1/mandates/${id}`;
    await accord.patch(path, { holderId: present.id });
    await accord.patch(path, { scope: 'To speak for all.' });
    const versions = async (): Promise<unknown[]> =>
      (await accord.get(`${path}/revisions`)).body.data.map((revision: any) => revision.version);
    expect(await versions()).toEqual([3, 2, 1]);
    await accord.patch(`/v1/people/${former.id}`, draft);
    expect(await versions()).toEqual([3, 2]);
    expect((await accord.get(`${path}/revisions`)).text).not.toContain(former.id);
    expect((await asEditor(`${path}/revisions`)).text).toContain(former.id);
  });

  it('by knownAt begins there too', async () => {
    const { id } = await buildPerson(accord, { name: 'Before', ...draft });
    const before = await recordedAt(accord, id);
    await accord.patch(`/v1/people/${id}`, { visibility: 'public' });
    const after = await recordedAt(accord, id);
    expectProblem(await accord.get(`/v1/people/${id}?knownAt=${before}`), ABSENT);
    expect((await asEditor(`/v1/people/${id}?knownAt=${before}`)).body).toMatchObject({
      version: 1,
    });
    expect((await accord.get(`/v1/people/${id}?knownAt=${after}`)).body).toMatchObject({
      version: 2,
    });
    // Held back again, it is gone from the past as well.
    await accord.patch(`/v1/people/${id}`, draft);
    expectProblem(await accord.get(`/v1/people/${id}?knownAt=${after}`), ABSENT);
  });
});

describe('the public’s view', () => {
  it('is for key holders to ask for, and nothing else can be asked', async () => {
    const { id } = await buildPerson(accord, draft);
    expectProblem(await asEditor(`/v1/people/${id}?view=public`), ABSENT);
    const refused = await accord.get('/v1/people?view=all');
    expectProblem(refused, [400, 'validation_failed', '?view']);
    expect((await accord.get('/v1/people?view=public')).status).toBe(200);
  });
});

describe('whatever is written in secret', () => {
  it('changes no byte of what readers have', async () => {
    accord.setNow('2023-01-01T00:00:00Z');
    const told = await tellPublicly();
    const paths = await pathsOf(told);
    const before = await readAll(paths);
    await tellInSecret(told);
    expect(await readAll(paths)).toEqual(before);
    const status = await asEditor(`/v1/mergers/${told.merger.id}/status`);
    expect(status.body.participants).toHaveLength(2);
  });
});

interface Told {
  readonly merger: Stored;
  readonly faction: Stored;
  readonly participant: Stored;
  readonly milestone: Stored;
  readonly motion: Stored;
  readonly voteEvent: Stored;
  readonly person: Stored;
}

async function tellPublicly(): Promise<Told> {
  const merger = await buildMerger(accord);
  const faction = await buildFaction(accord);
  const mergerId = merger.id;
  const participant = await buildParticipant(accord, {
    mergerId,
    factionId: faction.id,
    role: 'lead',
  });
  const milestone = await buildMilestone(accord, { mergerId });
  const motion = await buildMotion(accord, { mergerId, factionId: faction.id });
  const voteEvent = await buildVoteEvent(accord, { motionId: motion.id });
  await buildVote(accord, { voteEventId: voteEvent.id });
  return {
    merger,
    faction,
    participant,
    milestone,
    motion,
    voteEvent,
    person: await buildPerson(accord),
  };
}

/** A draft of every kind beneath what is public, each of which would change a status, a tally, a list or a timeline. */
async function tellInSecret({
  merger,
  faction,
  participant,
  milestone,
  motion,
  voteEvent,
  person,
}: Told): Promise<void> {
  const mergerId = merger.id;
  await buildStance(accord, { participantId: participant.id, stance: 'agreed', ...draft });
  await buildTransition(accord, { milestoneId: milestone.id, state: 'achieved', ...draft });
  const hidden = await buildMilestone(accord, { mergerId, ...draft });
  await buildTransition(accord, { milestoneId: hidden.id });
  await buildVote(accord, { voteEventId: voteEvent.id, voterName: 'Somebody else', ...draft });
  await buildVoteEvent(accord, { motionId: motion.id, startDate: '2022-12-30', ...draft });
  await buildMotion(accord, {
    mergerId,
    factionId: faction.id,
    proposedOn: '2022-12-01',
    ...draft,
  });
  await buildMember(accord, { personId: person.id, factionId: faction.id, ...draft });
  await buildMandate(accord, {
    mergerId,
    grantorFactionId: faction.id,
    holderId: person.id,
    ...draft,
  });
  await buildPrediction(accord, { mergerId, ...draft });
  await buildMeeting(accord, { mergerId, status: 'held', startsOn: '2022-12-20', ...draft });
  const other = await buildFaction(accord, draft);
  await buildParticipant(accord, { mergerId, factionId: other.id });
  const source = await buildSource(accord, { confidential: true, publishedOn: '2022-12-30' });
  await buildCitation(accord, {
    sourceId: source.id,
    recordType: 'motions',
    recordId: motion.id,
    quote: 'Yes.',
  });
  await buildMerger(accord, draft);
}

async function pathsOf({
  merger,
  participant,
  milestone,
  motion,
  voteEvent,
}: Told): Promise<string[]> {
  const { body } = await accord.get('/v1/openapi.json');
  const open = Object.keys(body.paths).filter(
    (path) =>
      path.startsWith('/v1/') && !path.includes('{') && !/keys|purges|openapi|changes/.test(path),
  );
  return [
    ...open,
    `/v1/mergers/${merger.id}/status`,
    `/v1/mergers/${merger.id}/timeline`,
    `/v1/participants/${participant.id}/stances`,
    `/v1/milestones/${milestone.id}/transitions`,
    `/v1/milestones/${milestone.id}/revisions`,
    `/v1/motions/${motion.id}/result`,
    `/v1/vote-events/${voteEvent.id}/tally`,
  ];
}

async function readAll(paths: readonly string[]): Promise<readonly unknown[]> {
  const answers = [];
  for (const path of paths) {
    const answer = await accord.get(path);
    answers.push({ path, ...comparable(answer), text: answer.text });
  }
  return answers;
}

/** What of an answer must not tell one from another: all but its id and its date. */
function comparable({ status, headers }: Answer): object {
  const shown = [...headers].filter(
    ([name]) => !['date', 'x-request-id', 'content-length'].includes(name),
  );
  return { status, headers: shown };
}

function summary(revision: any): unknown[] {
  return [revision.version, revision.operation, revision.before?.name ?? null, revision.after.name];
}

async function recordedAt(app: TestApp, id: string): Promise<string> {
  return (await app.send('GET', `/v1/people/${id}`, {}, 'editor')).body.updatedAt as string;
}
