import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildFaction,
  buildMember,
  buildPerson,
  type Fields,
  type Stored,
} from '../../support/factories.js';
import { expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const builders = [
  ['factions', buildFaction],
  ['people', buildPerson],
  ['members', buildMember],
] as const;

describe.each(builders)('the extras of %s', (type, build) => {
  const make = async (fields: Fields): Promise<[string, Stored]> => {
    const made = await build(accord, fields);
    return [`/v1/${type}/${made.id}`, made];
  };

  it('are patched as any object, one origin beside another, each change with its revision', async () => {
    const [path] = await make({ extras: { popolo: { gender: 'male', image: 'a.png' } } });
    await accord.patch(path, { extras: { popolo: { image: null }, csv: { seat: 4 } } });
    const { body } = await accord.get(path);
    expect(body).toMatchObject({ version: 2 });
    expect(body.extras).toEqual({ popolo: { gender: 'male' }, csv: { seat: 4 } });
    await accord.patch(path, { extras: { csv: { seat: 4 } } });
    expect((await accord.get(path)).body.version).toBe(2);
    const revisions = await accord.get(`${path}/revisions`);
    expect(
      revisions.body.data.map((each: { after: { extras: unknown } }) => each.after.extras),
    ).toEqual([body.extras, { popolo: { gender: 'male', image: 'a.png' } }]);
    await accord.patch(path, { extras: null });
    expect((await accord.get(path)).body.extras).toEqual({});
  });

  it.each([
    ['a text', 'male'],
    ['a list', []],
    ['no origin', { gender: 'male' }],
    ['an origin that is none', { 'Every Politician': {} }],
    ['more than 16 KiB', { popolo: { text: 'x'.repeat(16_384) } }],
  ])('are refused with %s', async (_, extras) => {
    const [path] = await make({});
    const refusal = [400, 'validation_failed', '/extras'] as const;
    await expectRefusal(accord, () => accord.patch(path, { extras }), refusal);
  });

  it('are in the feed’s record and may be cited', async () => {
    const [, { id }] = await make({ extras: { popolo: { gender: 'male' } } });
    const source = await accord.record('/v1/sources', { title: 'A file', kind: 'document' });
    const citation = { sourceId: source.id, recordType: type, recordId: id, field: 'extras' };
    expect((await accord.post('/v1/citations', citation)).status).toBe(201);
  });
});
