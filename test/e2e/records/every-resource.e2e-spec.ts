import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RECORD_TYPES } from '../../../src/domain/vocabulary.js';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import { NOBODY, idsListed, record, type Fields, type Stored } from '../../support/factories.js';
import { expectProblem, expectRefusal, storedRows } from '../../support/refusals.js';
import { specimens } from '../../support/specimens/all.js';
import type { Prepared } from '../../support/specimens/specimen.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** What every record may hold besides: here an embargo that is over. */
const HELD = { visibility: 'public', embargoUntil: '2020-02' };
const KEPT = ['id', 'version', 'retractedAt', 'createdAt', 'updatedAt'];

it('has a specimen of every record of the design', () => {
  expect(specimens.map(({ type }) => type).toSorted()).toEqual(RECORD_TYPES.toSorted());
});

describe.each(specimens.map((specimen) => [specimen.type, specimen] as const))(
  'a record in /%s',
  (type, specimen) => {
    let accord: TestApp;
    let prepared: Prepared;
    const addressOf = ({ id }: Stored): string => `/v1/${type}/${id}`;
    const make = async (): Promise<Stored> => {
      prepared = await specimen.prepare(accord);
      return record(accord, prepared.path, prepared.full);
    };
    const editor = (
      method: string,
      path: string,
      headers: Readonly<Record<string, string>>,
      body?: Fields,
    ): Promise<Answer> => accord.send(method, path, { body, headers }, 'editor');

    beforeAll(async () => {
      accord = shared ??= await startTestApp();
    });

    it('is made of the least that is taken: all its fields are there, null or their fallback', async () => {
      const { path, above, minimal } = await specimen.prepare(accord);
      const answer = await accord.post(path, minimal);
      expect(answer.status).toBe(201);
      const made = answer.body as Stored;
      expect(answer.headers.get('location')).toBe(addressOf(made));
      expect(answer.headers.get('etag')).toBe('"v1"');
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(made).toEqual({
        id: expect.stringMatching(UUID_V7),
        ...(specimen.slugged ? { slug: expect.stringMatching(/^[a-z0-9-]+$/) } : {}),
        ...specimen.blank,
        ...minimal,
        ...above,
        visibility: 'public',
        embargoUntil: null,
        version: 1,
        retractedAt: null,
        createdAt: expect.stringMatching(INSTANT),
        updatedAt: made['createdAt'],
      });
    });

    it('holds every field as it was given, and reads the same', async () => {
      const { path, above, full } = await specimen.prepare(accord);
      const answer = await accord.post(path, { ...full, ...HELD });
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({ ...full, ...above, ...HELD });
      const fields = [...Object.keys({ ...full, ...above, ...HELD }), ...KEPT];
      expect(Object.keys(answer.body as Stored).toSorted()).toEqual(fields.toSorted());
      const read = await accord.get(addressOf(answer.body as Stored));
      expect(read).toMatchObject({ status: 200, text: answer.text });
      expect(read.headers.get('etag')).toMatch(/^"v1\.[\w-]{22}"$/);
      const own = await editor('GET', addressOf(answer.body as Stored), {});
      expect([own.text, own.headers.get('etag')]).toEqual([answer.text, '"v1"']);
    });

    it('is refused without what it needs, each missing field by its name', async () => {
      const { path, minimal } = await specimen.prepare(accord);
      const needed = Object.keys(minimal).filter((name) => name !== CHOICES[type]);
      for (const name of needed) {
        const { [name]: left, ...rest } = minimal;
        expect(left).toBeDefined();
        const refusal = [400, 'validation_failed', `/${name}`] as const;
        await expectRefusal(accord, () => accord.post(path, rest), refusal);
        await expectRefusal(accord, () => accord.post(path, { ...rest, [name]: null }), refusal);
      }
    });

    it('is not sent again to who has it', async () => {
      const address = addressOf(await make());
      for (const tag of ['"v1"', 'W/"v1"', '"v9", "v1"', '*']) {
        const answer = await editor('GET', address, { 'if-none-match': tag });
        expect(answer).toMatchObject({ status: 304, text: '' });
        expect(answer.headers.get('etag')).toBe('"v1"');
      }
      expect((await editor('GET', address, { 'if-none-match': '"v2"' })).status).toBe(200);
    });

    it('is changed by a merge patch of either media type; what the patch leaves alone stays', async () => {
      const made = await make();
      const answer = await editor(
        'PATCH',
        addressOf(made),
        { 'if-match': '"v1"' },
        specimen.change,
      );
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.headers.get('etag')).toBe('"v2"');
      const changed = { ...made, ...specimen.change, version: 2, updatedAt: expect.any(String) };
      expect(answer.body).toEqual(changed);
      expect((await accord.get(addressOf(made))).text).toBe(answer.text);
      if (!specimen.removable) return;
      const nulls = Object.fromEntries(Object.keys(specimen.removable).map((name) => [name, null]));
      const headers = { 'if-match': '"v2"', 'content-type': 'application/merge-patch+json' };
      const removed = await editor('PATCH', addressOf(made), headers, nulls);
      expect(removed).toMatchObject({ status: 200 });
      expect(removed.body).toEqual({ ...changed, ...specimen.removable, version: 3 });
    });

    it('keeps its version when a patch changes nothing', async () => {
      const made = await make();
      const before = await storedRows(accord);
      for (const patch of [{}, prepared.full]) {
        const answer = await editor('PATCH', addressOf(made), { 'if-match': '"v1"' }, patch);
        expect(answer).toMatchObject({ status: 200, body: made });
      }
      expect(await storedRows(accord)).toEqual(before);
    });

    it('is not changed or retracted blindly: a write says which version it saw', async () => {
      const address = addressOf(await make());
      const reason = { 'x-reason': 'a test' };
      const patch = () => editor('PATCH', address, {}, specimen.change);
      await expectRefusal(accord, patch, [428, 'precondition_required']);
      const retract = () => editor('DELETE', address, reason);
      await expectRefusal(accord, retract, [428, 'precondition_required']);
    });

    it('tells a writer who saw an older version what was changed since', async () => {
      const made = await make();
      const address = addressOf(made);
      expect((await accord.patch(address, specimen.change)).status).toBe(200);
      const [name = ''] = Object.keys(specimen.change);
      const yours = { [name]: made[name] };
      const stale = { 'if-match': '"v1"' };
      const { body } = await expectRefusal(accord, () => editor('PATCH', address, stale, yours), [
        412,
        'stale',
      ]);
      const seen = { pointer: `/${name}`, base: made[name], theirs: specimen.change[name] };
      expect(body).toMatchObject({ version: 2, conflicts: [{ ...seen, yours: yours[name] }] });
      const retraction = await expectRefusal(
        accord,
        () => editor('DELETE', address, { ...stale, 'x-reason': 'a test' }),
        [412, 'stale'],
      );
      expect((retraction.body as Fields)['conflicts']).toEqual([seen]);
    });

    it('keeps what is not for writers: ids, versions, instants, and what it was made beneath', async () => {
      const made = await make();
      const foreign: Fields = {
        id: NOBODY,
        version: 7,
        retractedAt: null,
        createdAt: '2022',
        updatedAt: '2022',
      };
      for (const name of [...KEPT, ...specimen.fixed]) {
        const refusal = [400, 'validation_failed', `/${name}`] as const;
        const value = foreign[name] ?? (name === 'recordType' ? 'people' : NOBODY);
        await expectRefusal(
          accord,
          () => accord.patch(addressOf(made), { [name]: value }),
          refusal,
        );
        const nulled = () => accord.patch(addressOf(made), { [name]: null });
        await expectRefusal(accord, nulled, refusal);
      }
    });

    it('is retracted with a reason, answers 410 with when and why, and stays in history', async () => {
      const made = await make();
      const address = addressOf(made);
      const list = `${prepared.path}?limit=100&sort=-createdAt`;
      expect(await idsListed(accord, list)).toContain(made.id);
      const unexplained = () => editor('DELETE', address, { 'if-match': '"v1"' });
      await expectRefusal(accord, unexplained, [400, 'reason_required']);
      const answer = await editor('DELETE', address, {
        'if-match': '"v1"',
        'x-reason': 'a mix-up of names',
      });
      expect(answer).toMatchObject({ status: 204, text: '' });
      const gone = await accord.get(address);
      expectProblem(gone, [410, 'retracted']);
      expect(gone.body).toMatchObject({
        retractedAt: expect.stringMatching(INSTANT),
        reason: 'a mix-up of names',
      });
      expect(await idsListed(accord, list)).not.toContain(made.id);
      for (const again of [
        () => accord.patch(address, specimen.change),
        () => accord.retract(address),
      ]) {
        await expectRefusal(accord, again, [410, 'retracted']);
      }
      expect((await accord.get(`${address}/revisions`)).status).toBe(200);
    });

    it('has a history: who changed what and why, the newest first; who and why for key holders only', async () => {
      const made = await make();
      const address = addressOf(made);
      const why = { 'if-match': '*', 'x-reason': 'الف, because' };
      const encoded = { ...why, 'x-reason': Buffer.from(why['x-reason']).toString('latin1') };
      const changed = (await editor('PATCH', address, encoded, specimen.change)).body as Stored;
      await accord.retract(address, 'wrong');
      const told = await accord.send('GET', `${address}/revisions`, {}, 'editor');
      const actor = 'the editor';
      const after = {
        ...changed,
        version: 3,
        retractedAt: expect.any(String),
        updatedAt: expect.any(String),
      };
      const at = { recordedAt: expect.stringMatching(INSTANT) };
      const changes = [
        { version: 3, operation: 'retract', before: changed, after, ...at },
        { version: 2, operation: 'update', before: made, after: changed, ...at },
        { version: 1, operation: 'create', before: null, after: made, ...at },
      ];
      const reasons = ['wrong', why['x-reason'], null];
      const history = changes.map((change, nth) => ({ ...change, actor, reason: reasons[nth] }));
      expect(told).toMatchObject({ status: 200 });
      expect(told.body).toEqual({ data: history, page: { next: null } });
      const shown = await accord.get(`${address}/revisions`);
      expect(shown.body).toEqual({ data: changes, page: { next: null } });
    });

    it('is written by key holders only', async () => {
      const address = addressOf(await make());
      const { path, minimal } = await specimen.prepare(accord);
      const headers = { 'if-match': '*', 'x-reason': 'a test' };
      for (const key of [
        {},
        { authorization: 'Bearer made-up' },
        { authorization: 'Basic eDp5' },
      ]) {
        for (const [method, where] of [
          ['POST', path],
          ['PATCH', address],
          ['DELETE', address],
        ] as const) {
          const body =
            method === 'POST' ? minimal : method === 'PATCH' ? specimen.change : undefined;
          const answer = await expectRefusal(
            accord,
            () => accord.send(method, where, { body, headers: { ...headers, ...key } }),
            [401, 'unauthorized'],
          );
          expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
        }
      }
    });

    it('is not found under an id that nothing has, and not under what is no id', async () => {
      await specimen.prepare(accord);
      for (const key of [NOBODY, 'no-such-thing', '1', '%00', "'; DROP TABLE people; --"]) {
        const address = `/v1/${type}/${key}`;
        for (const read of [address, `${address}/revisions`])
          expectProblem(await accord.get(read), [404, 'not_found']);
        const patch = () => accord.patch(address, specimen.change);
        await expectRefusal(accord, patch, [404, 'not_found']);
        await expectRefusal(accord, () => accord.retract(address), [404, 'not_found']);
      }
    });

    it('is found under its id in capitals, and is still the one', async () => {
      const made = await make();
      const answer = await accord.get(`/v1/${type}/${made.id.toUpperCase()}`);
      expect(answer).toMatchObject({ status: 200, body: made });
    });
  },
);

/** Of these one is enough: which one is a rule of the resource. */
const CHOICES: Fields = {
  participants: 'personId',
  votes: 'voterName',
  mandates: 'grantorPersonId',
  'vote-events': 'endDate',
};

let shared: TestApp | undefined;
afterAll(() => shared?.stop());
