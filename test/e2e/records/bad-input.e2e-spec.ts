import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answerOf, startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  announcementOf,
  buildFaction,
  buildMember,
  buildMerger,
  buildMilestone,
  buildMotion,
  buildPerson,
  buildVoteEvent,
  listed,
  type Stored,
} from '../../support/factories.js';
import { expectProblem, expectRefusal } from '../../support/refusals.js';

/** Every case gets a clear problem and changes nothing: `expectRefusal` counts the rows before and after. */
describe('bad input', () => {
  let accord: TestApp;
  let merger: Stored;
  let faction: Stored;
  beforeAll(async () => {
    accord = await startTestApp();
    merger = await buildMerger(accord);
    faction = await buildFaction(accord);
  });
  afterAll(() => accord.stop());

  const raw = async (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
    method = 'POST',
    path = '/v1/people',
  ): Promise<Answer> => {
    const authorization = `Bearer ${accord.editorKey}`;
    const sent = { authorization, 'if-match': '*', ...headers };
    const response = await fetch(accord.baseUrl + path, { method, headers: sent, body });
    const answer = answerOf(response.status, response.headers, await response.text());
    accord.judge({ method, path }, answer);
    return answer;
  };

  it.each([
    ['a half', '{"name": "Kamran'],
    ['no JSON', 'name=Kamran'],
    ['two values', '{"name": "a"} {"name": "b"}'],
    ['a comma too much', '{"name": "Kamran",}'],
    ['single quotes', "{'name': 'Kamran'}"],
    ['NaN', '{"name": NaN}'],
    ['a bare NUL', '{"name": "Kam\0ran"}'],
    ['__proto__', '{"name": "Kamran", "__proto__": {"role": "admin"}}'],
    ['__proto__ within', '{"name": "Kamran", "links": [{"url": "http://a.b", "__proto__": {}}]}'],
    ['__proto__ in disguise', '{"name": "Kamran", "\\u005f_proto__": {"role": "admin"}}'],
    ['a constructor’s prototype', '{"name": "Kamran", "constructor": {"prototype": {"x": 1}}}'],
  ])('refuses a body that is malformed: %s', async (_, body) => {
    await expectRefusal(accord, () => raw(body), [400, 'malformed_json']);
    const path = `/v1/factions/${faction.id}`;
    const type = { 'content-type': 'application/merge-patch+json' };
    await expectRefusal(accord, () => raw(body, type, 'PATCH', path), [400, 'malformed_json']);
  });

  it('refuses a body that is not UTF-8', async () => {
    const cut = Buffer.concat([Buffer.from('{"name": "'), Buffer.from([0xc3]), Buffer.from('"}')]);
    const surrogate = Buffer.from('7b226e616d65223a22eda080227d', 'hex');
    const latin = Buffer.from('{"name": "Zoë"}', 'latin1');
    for (const bytes of [cut, surrogate, latin]) {
      const send = () => raw(new Uint8Array(bytes));
      await expectRefusal(accord, send, [400, 'malformed_json']);
    }
  });

  it.each(['', ' ', 'null', '[]', '[{"name": "Kamran"}]', '"Kamran"', '7', 'true'])(
    'refuses a body that is no object: %j',
    async (body) => {
      const refusal = [400, 'validation_failed', ''] as const;
      await expectRefusal(accord, () => raw(body), refusal);
      const path = `/v1/factions/${faction.id}`;
      const json = { 'content-type': 'application/json' };
      await expectRefusal(accord, () => raw(body, json, 'PATCH', path), refusal);
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'text/json',
    'image/png',
  ])('refuses a body of another type: %s', async (type) => {
    const send = () => raw('{"name": "Kamran"}', { 'content-type': type });
    await expectRefusal(accord, send, [415, 'unsupported_media_type']);
  });

  it('refuses a patch of another type, and takes an empty JSON body for none', async () => {
    const { id } = await buildPerson(accord);
    const path = `/v1/people/${id}`;
    const text = { 'content-type': 'text/plain' };
    const patch = () => raw('{"name": "Kamran"}', text, 'PATCH', path);
    await expectRefusal(accord, patch, [415, 'unsupported_media_type']);
    const json = { 'content-type': 'application/json', 'x-reason': 'a test', 'if-match': '*' };
    const retracted = await accord.send('DELETE', path, { body: '', headers: json }, 'editor');
    expect(retracted.status).toBe(204);
  });

  it('refuses a body of 10 MB, and one just over 1 MiB', async () => {
    for (const size of [10_000_000, 1024 * 1024 + 1]) {
      const body = `{"name": "${'x'.repeat(size)}"}`;
      await expectRefusal(accord, () => raw(body), [413, 'body_too_large']);
    }
  });

  it.each([
    ['name', { name: 7 }],
    ['name', { name: ['Kamran'] }],
    ['name', { name: { text: 'Kamran' } }],
    ['name', { name: true }],
    ['name', { name: null }],
    ['name', { name: '' }],
    ['name', { name: ' \t\n' }],
    ['name', { name: 'x'.repeat(301) }],
    ['summary', { summary: 'x'.repeat(5001) }],
    ['slug', { slug: 'Not A Slug' }],
    ['slug', { slug: '' }],
    ['slug', { slug: 'x'.repeat(101) }],
    ['slug', { slug: '01890000-0000-7000-8000-000000000000' }],
    ['slug', { slug: '../people' }],
    ['otherNames', { otherNames: 'PSP' }],
    ['otherNames', { otherNames: { name: 'PSP' } }],
    ['otherNames', { otherNames: ['PSP'] }],
    ['otherNames', { otherNames: [null] }],
    ['otherNames', { otherNames: [[]] }],
    ['otherNames', { otherNames: [[{ name: 'PSP' }]] }],
    ['otherNames', { otherNames: Array(101).fill({ name: 'PSP' }) }],
    ['otherNames/1/name', { otherNames: [{ name: 'PSP' }, {}] }],
    ['otherNames/0/kind', { otherNames: [{ name: 'PSP', kind: 'nickname' }] }],
    ['otherNames/0/startDate', { otherNames: [{ name: 'PSP', startDate: '2016-13' }] }],
    ['links/0/url', { links: [{ url: 'javascript:alert(1)' }] }],
    ['links/0/url', { links: [{ url: '/about' }] }],
    ['identifiers/0/identifier', { identifiers: [{ scheme: 'wikidata', identifier: 15715800 }] }],
  ])('refuses a wrong %s: %j', async (pointer, fields) => {
    const refusal = [400, 'validation_failed', `/${pointer}`] as const;
    const send = () => accord.post('/v1/people', { name: 'Kamran', ...fields });
    await expectRefusal(accord, send, refusal);
    const patch = () => accord.patch(`/v1/factions/${faction.id}`, fields);
    await expectRefusal(accord, patch, refusal);
  });

  it.each([
    '0',
    '-1',
    '101',
    '1.5',
    '1e400',
    '9007199254740993',
    '1e21',
    '"5"',
    '[5]',
    'true',
    '{}',
  ])('refuses a weight that is no whole number from 1 to 100: %s', async (weight) => {
    const fields = `"mergerId": "${merger.id}", "title": "A step", "classification": "issue"`;
    const send = () => accord.post('/v1/milestones', `{${fields}, "weight": ${weight}}`);
    await expectRefusal(accord, send, [400, 'validation_failed', '/weight']);
  });

  it('takes a whole number however JSON writes it', async () => {
    const fields = `"mergerId": "${merger.id}", "title": "A step", "classification": "issue"`;
    const answer = await accord.post('/v1/milestones', `{${fields}, "weight": 1.0e2}`);
    expect(answer).toMatchObject({ status: 201, body: { weight: 100 } });
  });

  it.each(['false', 'true', 0, 1, '', [], {}])('refuses %j for yes or no', async (voting) => {
    const personId = (await buildPerson(accord)).id;
    const body = { personId, factionId: faction.id, voting };
    const send = () => accord.post('/v1/members', body);
    await expectRefusal(accord, send, [400, 'validation_failed', '/voting']);
  });

  it.each([
    '2023-02-29',
    '2022-13',
    '2022-00',
    '2022-12-32',
    '2022-12-00',
    '0000',
    '22',
    '2022-1',
    '28.12.2022',
    '2022-12-28T20:00',
    '2022-12-28T25:00Z',
    '2022-12-28T20:00:61Z',
    '2022-12-28T20:00+25:00',
    '2022-12-28 20:00Z',
    '2022-12-28T20:00:00.1234Z',
    '+002022-12-28',
    '-2022',
    '12022',
    'tomorrow',
    '',
    ' 2022',
    '2022\n',
    '２０２２',
    2022,
    20_221_228,
    ['2022'],
    { year: 2022 },
  ])('refuses a date that does not exist: %j', async (startedOn) => {
    const refusal = [400, 'validation_failed', '/startedOn'] as const;
    await expectRefusal(
      accord,
      () => accord.post('/v1/mergers', { title: 'A', startedOn }),
      refusal,
    );
    const patch = () => accord.patch(`/v1/mergers/${merger.id}`, { startedOn });
    await expectRefusal(accord, patch, refusal);
  });

  it.each([
    '0001',
    '9999',
    '2024-02-29',
    '2022-12-28T23:59:59.999-14:00',
    '9999-12-31',
    '0001-01-01',
  ])('takes a date at the edge as it is: %s', async (foundingDate) => {
    const made = await buildFaction(accord, { foundingDate });
    expect(made['foundingDate']).toBe(foundingDate);
    const found = await listed(accord, `/v1/factions?foundingDate=${foundingDate}&limit=100`);
    expect(found.map(({ id }) => id)).toContain(made.id);
    const held = await accord.get(`/v1/factions?asOf=${foundingDate}`);
    expect(held.status).toBe(200);
  });

  it.each([
    'nmae',
    'Name',
    'name ',
    '',
    'a/b~c',
    'hasOwnProperty',
    'toString',
    'valueOf',
    'isPrototypeOf',
    '__defineGetter__',
    'constructor',
    'prototype',
  ])('refuses a field that it does not know: %j, at the top and within', async (name) => {
    const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const wrong = (at: string) => [400, 'validation_failed', at + pointer] as const;
    for (const given of [null, 'x']) {
      const field = JSON.stringify({ [name]: given }).slice(1, -1);
      const send = (body: string) => () => raw(body);
      await expectRefusal(accord, send(`{"name": "Kamran", ${field}}`), wrong(''));
      const within = `{"name": "Kamran", "otherNames": [{"name": "K", ${field}}]}`;
      await expectRefusal(accord, send(within), wrong('/otherNames/0'));
      const patch = () => accord.patch(`/v1/factions/${faction.id}`, `{${field}}`);
      await expectRefusal(accord, patch, wrong(''));
    }
  });

  it.each([
    ['NUL', '\\u0000'],
    ['a high surrogate alone', '\\ud83d'],
    ['a low surrogate alone', '\\ude00'],
    ['surrogates the wrong way round', '\\ude00\\ud83d'],
  ])('refuses %s in values and in keys', async (_, half) => {
    const wrong = (pointer: string) => [400, 'validation_failed', pointer] as const;
    const send = (body: string) => () => raw(body);
    await expectRefusal(accord, send(`{"name": "Kam${half}ran"}`), wrong('/name'));
    const within = `{"name": "Kamran", "otherNames": [{"name": "K", "note": "a${half}"}]}`;
    await expectRefusal(accord, send(within), wrong('/otherNames/0/note'));
    await expectRefusal(accord, send(`{"name": "Kamran", "na${half}me": "x"}`), wrong(''));
    const patch = () => accord.patch(`/v1/factions/${faction.id}`, `{"summary": "${half}"}`);
    await expectRefusal(accord, patch, wrong('/summary'));
    const nameless = () => accord.patch(`/v1/factions/${faction.id}`, `{"na${half}me": null}`);
    await expectRefusal(accord, nameless, [400, 'validation_failed']);
  });

  it('takes whole characters of every script, emoji and what looks like SQL or HTML', async () => {
    for (const name of [
      'کامران ٹیسوری',
      '😀 Kamran',
      "Robert'); DROP TABLE people;--",
      '<b>K</b>',
      'a\u202Eb',
    ]) {
      expect(await buildPerson(accord, { name })).toMatchObject({ name, version: 1 });
    }
  });

  it.each([
    ['%00', 404],
    ['%ED%A0%80', 400],
    ['%FF', 400],
    ['%', 400],
    ['%zz', 400],
    ['x'.repeat(2000), 404],
    ['%F0%9F%98%80', 404],
    ['..%2Fpeople', 404],
  ] as const)('has nothing at a path of %j', async (key, status) => {
    const refusal = [status, status === 400 ? 'bad_request' : 'not_found'] as const;
    for (const [method, path] of [
      ['GET', `/v1/factions/${key}`],
      ['GET', `/v1/factions/${key}/revisions`],
      ['GET', `/v1/mergers/${key}/succession`],
      ['PATCH', `/v1/factions/${key}`],
      ['DELETE', `/v1/factions/${key}`],
    ] as const) {
      const headers = { 'if-match': '*', 'x-reason': 'a test' };
      const body = method === 'PATCH' ? { name: 'MQM' } : undefined;
      const send = () => accord.send(method, path, { body, headers }, 'editor');
      await expectRefusal(accord, send, refusal);
    }
  });

  it.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['limit', 'limit=-1'],
    ['limit', 'limit=abc'],
    ['limit', 'limit='],
    ['limit', 'limit=1e1'],
    ['limit', 'limit=99999999999999999999'],
    ['limit', 'limit=5&limit=6'],
    ['sort', 'sort=summary'],
    ['sort', 'sort=id;DROP TABLE people'],
    ['sort', 'sort=--name'],
    ['sort', 'sort='],
    ['colour', 'colour=green'],
    ['id', 'id=mqm-p'],
    ['name', 'name=MQM-P'],
    ['knownAt', 'knownAt=2022'],
    ['visibility', 'visibility=secret'],
    ['view', 'view=all'],
    ['view', 'view=public&view=public'],
    ['toString', 'toString=1'],
    ['__proto__', '__proto__=1'],
    ['parentId', 'parentId=mqm-p'],
    ['parentId', 'parentId='],
    ['parentId', 'parentId=%00'],
    ['classification', 'classification=club'],
    ['classification', 'classification=party,club'],
    ['classification', 'classification=%ED%A0%80'],
    ['foundingDate', 'foundingDate=2022-13'],
    ['foundingDate', 'foundingDate=2022..2023..2024'],
    ['foundingDate', 'foundingDate=..'],
    ['foundingDate', 'foundingDate='],
    ['asOf', 'asOf=now'],
    ['asOf', 'asOf=2023-02-29'],
    ['asOf', 'asOf='],
    ['asOf', 'asOf=2022&asOf=2023'],
    ['q', 'q='],
    ['q', 'q=%20'],
    ['q', 'q=a%00b'],
    ['q%00', 'q%00=a'],
  ])('refuses the parameter %s of a list: %s', async (name, query) => {
    const pointer = `?${decodeURIComponent(name)}`;
    expectProblem(await accord.get(`/v1/factions?${query}`), [400, 'validation_failed', pointer]);
  });

  it('names every bad field and every bad parameter at once', async () => {
    const body = { name: 7, classification: 'club', foundingDate: 'soon', colour: 'green' };
    const answer = await expectRefusal(accord, () => accord.post('/v1/factions', body), [
      400,
      'validation_failed',
    ]);
    const pointers = (errors: unknown): unknown[] =>
      (errors as { pointer: string }[]).map(({ pointer }) => pointer).toSorted();
    const { errors } = answer.body as { errors: unknown };
    expect(pointers(errors)).toEqual(['/classification', '/colour', '/foundingDate', '/name']);
    const list = (await accord.get('/v1/factions?limit=0&sort=x&asOf=x&y=1')).body as typeof body;
    expect(pointers((list as unknown as { errors: unknown }).errors)).toEqual([
      '?asOf',
      '?limit',
      '?sort',
      '?y',
    ]);
  });

  it('refuses a cursor that it did not make', async () => {
    for (let nth = 0; nth < 3; nth += 1) await buildFaction(accord);
    const first = await accord.get('/v1/factions?limit=1');
    const { next } = (first.body as { page: { next: string } }).page;
    const [list, , id] = JSON.parse(Buffer.from(next, 'base64url').toString()) as string[];
    const forge = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const forged = [
      '',
      'abc',
      '%00',
      'bnVsbA',
      forge(),
      forge('', '', ''),
      forge(list, 'yesterday', id),
      forge(list, '', id),
      forge(list, 'a\0b', id),
      forge(list, '2022-12-28 00:00:00+00', 'no id'),
      forge(list, 7, id),
      forge(list, ['x'], id),
    ];
    for (const cursor of forged) {
      const answer = await accord.get(`/v1/factions?limit=1&cursor=${encodeURIComponent(cursor)}`);
      expectProblem(answer, [400, 'invalid_cursor']);
    }
    for (const other of ['people?', 'factions?sort=name&', 'factions?classification=party&']) {
      const answer = await accord.get(`/v1/${other}limit=1&cursor=${next}`);
      expectProblem(answer, [400, 'invalid_cursor']);
    }
  });

  it('refuses a cursor of a history that it did not make', async () => {
    const path = `/v1/factions/${faction.id}`;
    await accord.patch(path, { name: 'MQM' });
    const first = await accord.get(`${path}/revisions?limit=1`);
    const { next } = (first.body as { page: { next: string } }).page;
    const [list, , id] = JSON.parse(Buffer.from(next, 'base64url').toString()) as string[];
    for (const key of ['x', '', '1.5', '-1', '1e99', 'NaN']) {
      const cursor = Buffer.from(JSON.stringify([list, key, id])).toString('base64url');
      const answer = await accord.get(`${path}/revisions?limit=1&cursor=${cursor}`);
      expectProblem(answer, [400, 'invalid_cursor']);
    }
  });

  it('refuses a body that is nested without end, in a new record and in a patch', async () => {
    for (const depth of [40, 10_000, 400_000]) {
      const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      const objects = `${'{"a":'.repeat(Math.min(depth, 100_000))}1${'}'.repeat(Math.min(depth, 100_000))}`;
      for (const value of [deep, objects]) {
        const body = `{"name": "Kamran", "otherNames": ${value}}`;
        await expectRefusal(accord, () => raw(body), [400, 'validation_failed']);
        const patch = () =>
          accord.patch(`/v1/factions/${faction.id}`, body, { 'if-match': '"v9"' });
        await expectRefusal(accord, patch, [400, 'validation_failed']);
      }
    }
  });

  it.each(['"v', 'v1', '1', 'W/"v1"', '"v1.0"', '"v99999999999"', '"v-1"', '""'])(
    'takes the If-Match %s for a version that it never had',
    async (tag) => {
      const patch = () =>
        accord.patch(`/v1/mergers/${merger.id}`, { title: 'B' }, { 'if-match': tag });
      await expectRefusal(accord, patch, [412, 'stale']);
    },
  );

  it('refuses a reason of more than 500 characters, and one that is blank', async () => {
    const path = `/v1/factions/${faction.id}`;
    const long = () => accord.retract(path, 'x'.repeat(501));
    await expectRefusal(accord, long, [400, 'bad_request']);
    await expectRefusal(accord, () => accord.retract(path, '  '), [400, 'reason_required']);
  });

  it('knows an id in capitals for the same id, wherever it stands', async () => {
    const person = await buildPerson(accord);
    const [personId, factionId] = [person.id.toUpperCase(), faction.id.toUpperCase()];
    await buildMember(accord, { personId, factionId });
    const motion = await buildMotion(accord, { mergerId: merger.id.toUpperCase(), factionId });
    expect(motion).toMatchObject({ mergerId: merger.id, factionId: faction.id });
    const voteEventId = (await buildVoteEvent(accord, { motionId: motion.id.toUpperCase() })).id;
    const vote = { voteEventId, option: 'yes', channel: 'phone' };
    const first = await accord.post('/v1/votes', { ...vote, personId });
    expect(first).toMatchObject({ status: 201, body: { personId: person.id } });
    const second = () =>
      accord.post('/v1/votes', { ...vote, personId: person.id, castOn: '2022-12-28' });
    await expectRefusal(accord, second, [422, 'vote_on_equal_date', '/castOn']);
    const announcement = await announcementOf(accord, merger.id);
    const mergerId = merger.id.toUpperCase();
    const dependsOn = [announcement.id.toUpperCase()];
    const aftermath = await buildMilestone(accord, {
      mergerId,
      dependsOn,
      classification: 'aftermath',
    });
    expect(aftermath['dependsOn']).toEqual([announcement.id]);
    const twice = { dependsOn: [announcement.id, ...dependsOn] };
    await expectRefusal(accord, () => accord.patch(`/v1/milestones/${aftermath.id}`, twice), [
      400,
      'validation_failed',
      '/dependsOn',
    ]);
    const same = await accord.patch(`/v1/milestones/${aftermath.id}`, { mergerId });
    expect(same).toMatchObject({ status: 200, body: { version: 1 } });
    const found = await listed(
      accord,
      `/v1/milestones?mergerId=${mergerId}&dependsOn=${dependsOn[0] ?? ''}`,
    );
    expect(found.map(({ id }) => id)).toEqual([aftermath.id]);
  });
});
