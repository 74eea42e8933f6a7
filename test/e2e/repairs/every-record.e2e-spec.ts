import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type Answer, type TestApp } from '../../support/app.js';
import {
  NOBODY,
  idsListed,
  listed,
  record,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { expectProblem, expectRefusal, storedRows } from '../../support/refusals.js';
import { specimens } from '../../support/specimens/all.js';
import type { Prepared } from '../../support/specimens/specimen.js';

type Headers = Readonly<Record<string, string>>;

describe.each(specimens.map((specimen) => [specimen.type, specimen] as const))(
  'a record in /%s',
  (type, specimen) => {
    let accord: TestApp;
    let prepared: Prepared;
    beforeAll(async () => {
      accord = shared ??= await startTestApp();
    });

    const addressOf = ({ id }: { readonly id: unknown }): string => `/v1/${type}/${String(id)}`;
    const make = async (fields: Fields = {}): Promise<Stored> => {
      prepared = await specimen.prepare(accord);
      return record(accord, prepared.path, { ...prepared.full, ...fields });
    };
    const send = (path: string, headers: Headers, body?: Fields): Promise<Answer> =>
      accord.send('POST', path, { body, headers }, 'editor');
    const restore = (address: string, headers: Headers, body?: Fields): Promise<Answer> =>
      send(`${address}/restorations`, headers, body);
    const revert = (address: string, version: unknown, headers: Headers): Promise<Answer> =>
      send(`${address}/reverts`, headers, { version });
    const why = { 'x-reason': 'it was right after all' };
    const seen = (version: number): Headers => ({ 'if-match': `"v${String(version)}"` });

    it('comes back whole when its retraction is taken back, and says so in its history', async () => {
      const made = await make();
      const address = addressOf(made);
      await accord.retract(address, 'a mix-up');
      const gone = await accord.get(address);
      expectProblem(gone, [410, 'retracted']);
      expect(gone.body).toMatchObject({ reason: 'a mix-up', version: 2 });
      const answer = await restore(address, { ...seen(2), ...why });
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.headers.get('etag')).toBe('"v3"');
      expect(answer.body).toEqual({ ...made, version: 3, updatedAt: expect.any(String) });
      expect((await accord.get(address)).text).toBe(answer.text);
      expect(await idsListed(accord, `${prepared.path}?limit=100&sort=-createdAt`)).toContain(
        made.id,
      );
      const { body } = await accord.send('GET', `${address}/revisions`, {}, 'editor');
      expect(body.data).toMatchObject([
        { version: 3, operation: 'restore', reason: why['x-reason'], after: answer.body },
        { version: 2, operation: 'retract', reason: 'a mix-up' },
        { version: 1, operation: 'create' },
      ]);
    });

    it('is restored once, however often that is sent', async () => {
      const address = addressOf(await make());
      await accord.retract(address);
      const headers = { ...seen(2), ...why, 'idempotency-key': `restore ${address}` };
      const first = await restore(address, headers);
      const stored = await storedRows(accord);
      const again = await restore(address, headers);
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect(again.headers.get('etag')).toBe('"v3"');
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(await storedRows(accord)).toEqual(stored);
    });

    it('is not restored when it is there, blindly, without a reason, or with a body', async () => {
      const address = addressOf(await make());
      const live = () => restore(address, { ...seen(1), ...why });
      await expectRefusal(accord, live, [409, 'not_retracted']);
      await accord.retract(address);
      const blind = () => restore(address, why);
      await expectRefusal(accord, blind, [428, 'precondition_required']);
      const unexplained = () => restore(address, seen(2));
      await expectRefusal(accord, unexplained, [400, 'reason_required']);
      const stale = await expectRefusal(accord, () => restore(address, { ...seen(1), ...why }), [
        412,
        'stale',
      ]);
      expect(stale.body).toMatchObject({ version: 2, conflicts: [] });
      const filled = () => restore(address, { ...seen(2), ...why }, specimen.change);
      const [name = ''] = Object.keys(specimen.change);
      await expectRefusal(accord, filled, [400, 'validation_failed', `/${name}`]);
      expect((await restore(address, { ...seen(2), ...why }, {})).status).toBe(200);
    });

    it('is taken back to a version as a new revision; who sees it stays', async () => {
      const made = await make();
      const address = addressOf(made);
      await accord.patch(address, specimen.change);
      const held = { visibility: 'draft', embargoUntil: '2020' };
      await accord.patch(address, held);
      const answer = await revert(address, 1, { ...seen(3), ...why });
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.headers.get('etag')).toBe('"v4"');
      const then = { ...made, ...held, version: 4, updatedAt: expect.any(String) };
      expect(answer.body).toEqual(then);
      expectProblem(await accord.get(address), [404, 'not_found']);
      const shown = await accord.patch(address, { visibility: 'public' });
      expect(shown.body).toMatchObject({ version: 5 });
      // And to the draft of version 3: its content, not its being a draft.
      const forth = await revert(address, 3, seen(5));
      expect(forth.body).toEqual({
        ...made,
        ...specimen.change,
        ...held,
        visibility: 'public',
        version: 6,
        updatedAt: expect.any(String),
      });
      expect((await accord.get(address)).text).toBe(forth.text);
      const { body } = await accord.send('GET', `${address}/revisions?limit=3`, {}, 'editor');
      expect(body.data).toMatchObject([
        { version: 6, operation: 'update', reason: null },
        { version: 5, operation: 'update' },
        { version: 4, operation: 'update', reason: why['x-reason'] },
      ]);
    });

    it('that is already as it was then keeps its version', async () => {
      const made = await make();
      const before = await storedRows(accord);
      const answer = await revert(addressOf(made), 1, seen(1));
      expect([answer.status, answer.body, answer.headers.get('etag')]).toEqual([200, made, '"v1"']);
      expect(await storedRows(accord)).toEqual(before);
    });

    it('is not taken back blindly, over somebody’s change, to nothing, or while it is retracted', async () => {
      const made = await make();
      const address = addressOf(made);
      await accord.patch(address, specimen.change);
      const blind = () => revert(address, 1, {});
      await expectRefusal(accord, blind, [428, 'precondition_required']);
      const [name = ''] = Object.keys(specimen.change);
      const stale = await expectRefusal(accord, () => revert(address, 1, seen(1)), [412, 'stale']);
      const change = { pointer: `/${name}`, base: made[name], theirs: specimen.change[name] };
      expect(stale.body).toMatchObject({ version: 2, conflicts: [change] });
      for (const version of [3, 2_147_483_647]) {
        const refusal = [422, 'unknown_version', '/version'] as const;
        await expectRefusal(accord, () => revert(address, version, seen(2)), refusal);
      }
      for (const version of [0, -1, 1.5, '1', null, undefined, 2_147_483_648, [1]]) {
        const refusal = [400, 'validation_failed', '/version'] as const;
        await expectRefusal(accord, () => revert(address, version, seen(2)), refusal);
      }
      const more = () => send(`${address}/reverts`, seen(2), { version: 1, reason: 'x' });
      await expectRefusal(accord, more, [400, 'validation_failed', '/reason']);
      await accord.retract(address);
      const gone = () => revert(address, 1, seen(3));
      await expectRefusal(accord, gone, [410, 'retracted']);
    });

    it('is repaired by key holders only, and where there is none there is nothing to repair', async () => {
      await make();
      const repairs = [
        ['restorations', undefined],
        ['reverts', { version: 1 }],
      ] as const;
      for (const [segment, body] of repairs) {
        const headers = { 'if-match': '*', ...why };
        for (const key of [NOBODY, 'no-such-thing', '%00']) {
          const absent = () => send(`/v1/${type}/${key}/${segment}`, headers, body);
          await expectRefusal(accord, absent, [404, 'not_found']);
        }
        const hidden = await make({ visibility: 'draft' });
        const answers: string[] = [];
        for (const id of [hidden.id, NOBODY]) {
          const path = `${addressOf({ id })}/${segment}`;
          const asReader = () => accord.send('POST', path, { body, headers });
          answers.push((await expectRefusal(accord, asReader, [401, 'unauthorized'])).text);
        }
        expect(answers[0]).toBe(answers[1]);
      }
    });

    it('that is hidden is retracted, restored and taken back as any other, and stays hidden', async () => {
      const made = await make({ visibility: 'draft' });
      const address = addressOf(made);
      const absent = (await accord.get(addressOf({ id: NOBODY }))).text;
      await accord.patch(address, specimen.change);
      expect((await revert(address, 1, seen(2))).status).toBe(200);
      await accord.retract(address, 'a secret reason');
      expect((await accord.get(address)).text).toBe(absent);
      const told = await accord.send('GET', address, {}, 'editor');
      expectProblem(told, [410, 'retracted']);
      expect(told.body).toMatchObject({ version: 4 });
      expect((await restore(address, { ...seen(4), ...why })).status).toBe(200);
      expect((await accord.get(address)).text).toBe(absent);
      expectProblem(await accord.get(`${address}/revisions`), [404, 'not_found']);
    });

    it('is restored once by two who do it at once', async () => {
      const address = addressOf(await make());
      await accord.retract(address);
      const headers = { ...seen(2), ...why };
      const answers = await Promise.all([restore(address, headers), restore(address, headers)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      expect(await listed(accord, `${address}/revisions`)).toHaveLength(3);
    });
  },
);

let shared: TestApp | undefined;
afterAll(() => shared?.stop());
