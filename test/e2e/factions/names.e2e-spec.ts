import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  announcementOf,
  buildFaction,
  buildMerger,
  buildParticipant,
  buildPerson,
  idsListed,
  record,
  type Fields,
} from '../../support/factories.js';
import { expectProblem, expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

/** Factions, people and mergers: their slugs and their other names. */
describe('names and slugs', () => {
  const kinds = [
    ['factions', 'name', { classification: 'party' }],
    ['people', 'name', {}],
    ['mergers', 'title', {}],
  ] as const;

  describe.each(kinds)('of %s', (type, named, rest) => {
    const make = (fields: Fields) => record(accord, `/v1/${type}`, { ...rest, ...fields });

    it('has a slug made from its name, numbered when it is taken', async () => {
      const name = 'Pāk Sarzamīn – Party & Söhne';
      const slugs = [];
      for (let nth = 0; nth < 3; nth += 1) slugs.push((await make({ [named]: name }))['slug']);
      const [slug] = slugs;
      expect(slug).toMatch(/^pak-sarzamin-party-[a-z-]+$/);
      expect(slugs).toEqual([slug, `${String(slug)}-2`, `${String(slug)}-3`]);
    });

    it('has a slug even when its name has no letter that a slug may have', async () => {
      for (const name of ['کامران ٹیسوری', '!!!', '😀']) {
        const made = await make({ [named]: name });
        expect(made['slug']).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(await accord.get(`/v1/${type}/${String(made['slug'])}`)).toMatchObject({
          body: made,
        });
      }
    });

    it('has a slug of its own of a very long name, cut', async () => {
      const slug = String((await make({ [named]: 'word '.repeat(60).trim() }))['slug']);
      expect(slug).toMatch(/^word(-word)*$/);
      expect(slug.length).toBeLessThanOrEqual(100);
    });

    it('refuses a slug that another one has, also when that one was retracted', async () => {
      const taken = await make({ [named]: 'A', slug: 'taken' });
      const other = await make({ [named]: 'B', slug: 'free' });
      const refusal = [409, 'slug_taken', '/slug'] as const;
      const again = () => accord.post(`/v1/${type}`, { ...rest, [named]: 'C', slug: 'taken' });
      await expectRefusal(accord, again, refusal);
      const renamed = () => accord.patch(`/v1/${type}/${other.id}`, { slug: 'taken' });
      await expectRefusal(accord, renamed, refusal);
      await accord.retract(`/v1/${type}/${taken.id}`);
      await expectRefusal(accord, again, refusal);
    });

    it('keeps its slug when its name changes, and has a new one made when a patch removes it', async () => {
      const made = await make({ [named]: 'First Name', slug: 'first' });
      const renamed = await accord.patch(`/v1/${type}/first`, { [named]: 'Second Name' });
      expect(renamed.body).toMatchObject({ slug: 'first', version: 2 });
      const removed = await accord.patch(`/v1/${type}/${made.id}`, { slug: null });
      expect(removed.body).toMatchObject({ slug: 'second-name', version: 3 });
    });

    it('is found, changed and retracted under its slug as under its id', async () => {
      const made = await make({ [named]: 'By Slug', slug: 'by-slug' });
      expect(await accord.get(`/v1/${type}/by-slug`)).toMatchObject({ status: 200, body: made });
      const patch = { [named]: 'Changed' };
      const changed = await accord.patch(`/v1/${type}/by-slug`, patch, { 'if-match': '"v1"' });
      expect(changed).toMatchObject({ status: 200, body: { id: made.id, version: 2 } });
      expect((await accord.retract(`/v1/${type}/by-slug`, 'a mix-up')).status).toBe(204);
      const gone = await accord.get(`/v1/${type}/by-slug`);
      expectProblem(gone, [410, 'retracted']);
      expect(gone.body).toMatchObject({ reason: 'a mix-up' });
      const history = await accord.get(`/v1/${type}/by-slug/revisions`);
      expect(history.body).toMatchObject({
        data: [{ version: 3 }, { version: 2 }, { version: 1 }],
      });
      expectProblem(await accord.get(`/v1/${type}/By-Slug`), [404, 'not_found']);
    });

    it('is found by any of its names, misspelt by a letter too', async () => {
      const name = type === 'people' ? 'Mustafa Kamal' : 'Muttahida Qaumi Movement';
      const made = await make({ [named]: name });
      const misspelt = name.replace('ta', 'to');
      for (const q of [name, name.toUpperCase(), misspelt, name.slice(0, -1)]) {
        const [best] = await idsListed(accord, `/v1/${type}?q=${encodeURIComponent(q)}`);
        expect([q, best]).toEqual([q, made.id]);
      }
      for (const q of ['zzyzx', '!!!', '😀', '%', "'", '\\\\']) {
        expect(await idsListed(accord, `/v1/${type}?q=${encodeURIComponent(q)}`)).toEqual([]);
      }
      await accord.retract(`/v1/${type}/${made.id}`);
      expect(await idsListed(accord, `/v1/${type}?q=${encodeURIComponent(name)}`)).not.toContain(
        made.id,
      );
    });
  });

  it('takes the slug of a merger wherever its id stands in a path', async () => {
    const merger = await buildMerger(accord, { slug: 'the-merger' });
    const predecessorIds = [(await buildFaction(accord)).id];
    const successorId = (await buildFaction(accord)).id;
    const body = { predecessorIds, successorId, kind: 'merged', date: '2023-01-12' };
    const made = await accord.post('/v1/mergers/the-merger/succession', body);
    expect(made).toMatchObject({ status: 201, body: { mergerId: merger.id } });
    const list = await accord.get('/v1/mergers/the-merger/succession');
    expect(list.body).toEqual({ data: [made.body], page: { next: null } });
    expect((await accord.get('/v1/mergers/the-merger/status')).status).toBe(200);
    expect((await accord.get('/v1/mergers/the-merger/timeline')).status).toBe(200);
    for (const path of ['/v1/mergers/no-merger/succession', '/v1/mergers/no-merger/status']) {
      expectProblem(await accord.get(path), [404, 'not_found']);
    }
    const nowhere = () => accord.post('/v1/mergers/no-merger/succession', body);
    await expectRefusal(accord, nowhere, [404, 'not_found']);
  });

  it('finds a faction and a person by an other name, in another script', async () => {
    const otherNames = [
      { name: 'Kamran Tesori', kind: 'misspelling' },
      { name: 'کامران ٹیسوری', lang: 'ur', kind: 'transliteration' },
    ];
    const person = await buildPerson(accord, { name: 'The Governor', otherNames });
    for (const q of ['tesori', 'کامران']) {
      expect(await idsListed(accord, `/v1/people?q=${encodeURIComponent(q)}`)).toContain(person.id);
    }
    await accord.patch(`/v1/people/${person.id}`, { otherNames: null });
    expect(await idsListed(accord, '/v1/people?q=tesori')).not.toContain(person.id);
  });
});

describe('what lies above a faction', () => {
  it('refuses a faction above itself, at any distance', async () => {
    const party = await buildFaction(accord);
    const committee = await buildFaction(accord, { parentId: party.id });
    const circle = await buildFaction(accord, { parentId: committee.id });
    for (const parentId of [party.id, committee.id, circle.id]) {
      const patch = () => accord.patch(`/v1/factions/${party.id}`, { parentId });
      await expectRefusal(accord, patch, [422, 'cycle', '/parentId']);
    }
    expect(await accord.get(`/v1/factions/${party.id}`)).toMatchObject({ body: party });
    const moved = await accord.patch(`/v1/factions/${circle.id}`, { parentId: party.id });
    expect(moved).toMatchObject({ status: 200, body: { parentId: party.id } });
  });

  it('refuses an end before its start, on every reading of the two', async () => {
    const refusal = (end: string) => [422, 'end_before_start', `/${end}`] as const;
    const faction = { name: 'PSP', classification: 'party' };
    for (const [foundingDate, dissolutionDate] of [
      ['2022-12-28', '2022-12-27'],
      ['2023', '2022'],
      ['2023', '2022-12-31T23:59:59.999Z'],
      ['2022-12-28T20:00Z', '2022-12-28T19:59Z'],
    ]) {
      const send = () => accord.post('/v1/factions', { ...faction, foundingDate, dissolutionDate });
      await expectRefusal(accord, send, refusal('dissolutionDate'));
    }
    const made = await buildFaction(accord, {
      foundingDate: '2022-12-28',
      dissolutionDate: '2022',
    });
    const patch = () => accord.patch(`/v1/factions/${made.id}`, { dissolutionDate: '2021' });
    await expectRefusal(accord, patch, refusal('dissolutionDate'));
    const otherNames = [{ name: 'A' }, { name: 'B', startDate: '2022', endDate: '2021-12' }];
    const formerly = () => accord.patch(`/v1/factions/${made.id}`, { otherNames });
    await expectRefusal(accord, formerly, refusal('otherNames/1/endDate'));
    const person = () =>
      accord.post('/v1/people', { name: 'K', birthDate: '1970', deathDate: '1969' });
    await expectRefusal(accord, person, refusal('deathDate'));
  });
});

describe('a merger', () => {
  it('is made together with its one announcement, and each has its revision', async () => {
    const merger = await buildMerger(accord);
    const announcement = await announcementOf(accord, merger.id);
    expect(announcement).toMatchObject({
      mergerId: merger.id,
      version: 1,
      dependsOn: [],
      weight: 1,
    });
    const path = `/v1/milestones/${announcement.id}/revisions`;
    const history = await accord.send('GET', path, {}, 'editor');
    expect(history.body).toMatchObject({
      data: [{ version: 1, operation: 'create', actor: 'the editor', after: announcement }],
    });
  });

  it('keeps its announcement: it is not retracted, made something else or joined by a second one', async () => {
    const merger = await buildMerger(accord);
    const announcement = await announcementOf(accord, merger.id);
    const address = `/v1/milestones/${announcement.id}`;
    await expectRefusal(accord, () => accord.retract(address), [422, 'announcement_required']);
    const other = () => accord.patch(address, { classification: 'talks' });
    await expectRefusal(accord, other, [422, 'announcement_required']);
    const second = { mergerId: merger.id, title: 'Another one', classification: 'announcement' };
    const exists = [409, 'announcement_exists', '/classification'] as const;
    await expectRefusal(accord, () => accord.post('/v1/milestones', second), exists);
    const step = await record(accord, '/v1/milestones', { ...second, classification: 'talks' });
    const patch = { classification: 'announcement' };
    await expectRefusal(accord, () => accord.patch(`/v1/milestones/${step.id}`, patch), exists);
  });

  it('takes its announcement along when it is retracted, and goes when nothing else is left of it', async () => {
    const merger = await buildMerger(accord);
    const announcement = await announcementOf(accord, merger.id);
    const participant = await buildParticipant(accord, { mergerId: merger.id });
    const address = `/v1/mergers/${merger.id}`;
    const { body } = await expectRefusal(accord, () => accord.retract(address), [
      409,
      'still_referenced',
    ]);
    expect(body).toMatchObject({ referencedBy: { participants: 1 } });
    expect((await accord.get(`/v1/milestones/${announcement.id}`)).status).toBe(200);
    await accord.retract(`/v1/participants/${participant.id}`);
    expect((await accord.retract(address, 'never happened')).status).toBe(204);
    const gone = await accord.get(`/v1/milestones/${announcement.id}`);
    expectProblem(gone, [410, 'retracted']);
    expect(gone.body).toMatchObject({ reason: 'never happened' });
  });

  it('ends with an outcome and a date, or with neither', async () => {
    for (const [fields, pointer] of [
      [{ outcome: 'collapsed' }, '/closedOn'],
      [{ closedOn: '2023-02' }, '/outcome'],
    ] as const) {
      const refusal = [422, 'outcome_without_closing', pointer] as const;
      const send = () => accord.post('/v1/mergers', { title: 'A', ...fields });
      await expectRefusal(accord, send, refusal);
      const merger = await buildMerger(accord);
      await expectRefusal(accord, () => accord.patch(`/v1/mergers/${merger.id}`, fields), refusal);
    }
    const open = await buildMerger(accord, { startedOn: '2022-12' });
    const end = { outcome: 'collapsed', closedOn: '2023-02' };
    const ended = await accord.patch(`/v1/mergers/${open.id}`, end);
    expect(ended).toMatchObject({ status: 200, body: end });
    const early = () => accord.patch(`/v1/mergers/${open.id}`, { closedOn: '2022-11' });
    await expectRefusal(accord, early, [422, 'end_before_start', '/closedOn']);
    const halved = () => accord.patch(`/v1/mergers/${open.id}`, { outcome: null });
    await expectRefusal(accord, halved, [422, 'outcome_without_closing', '/outcome']);
  });
});
