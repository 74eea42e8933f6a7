import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureAdminKey } from '../../../src/platform/auth/first.keys.js';
import { ADMIN_KEY, startTestApp, type Answer, type TestApp } from '../../support/app.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

const issue = (body: unknown): Promise<Answer> =>
  accord.send('POST', '/v1/keys', { body }, 'admin');
const asAdmin = (method: string, path: string): Promise<Answer> =>
  accord.send(method, path, {}, 'admin');
const using = (key: string): Promise<Answer> =>
  accord.get('/v1/keys', { authorization: `Bearer ${key}` });

interface StoredKey {
  readonly all: string;
  readonly hash: Buffer;
  readonly revoked: boolean;
  readonly origin: string;
}

function storedKeys(): Promise<readonly StoredKey[]> {
  return accord.database.read<StoredKey>(
    `SELECT key::text AS all, key.hash AS hash, key.revoked_at IS NOT NULL AS revoked, key.origin::text AS origin
     FROM keys AS key ORDER BY key.id`,
    [],
  );
}

const sha256 = (key: string): Buffer => createHash('sha256').update(key).digest();

describe('keys', () => {
  it('shows a new key once, where nobody keeps it, and stores only its hash', async () => {
    const made = await issue({ name: 'the desk', role: 'editor' });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(UUID),
      name: 'the desk',
      role: 'editor',
      origin: 'api',
      createdAt: expect.stringMatching(INSTANT),
      revokedAt: null,
      key: expect.stringMatching(/^accord_[\w-]{43}$/),
    });
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { key, ...shown } = made.body;
    const location = made.headers.get('location');
    expect(location).toBe(`/v1/keys/${String(shown.id)}`);

    expect((await asAdmin('GET', String(location))).body).toEqual(shown);
    const listed = await asAdmin('GET', '/v1/keys');
    expect(listed.body.data).toContainEqual(shown);
    expect(listed.text).not.toContain(key);

    const stored = await storedKeys();
    expect(stored.some(({ hash }) => hash.equals(sha256(key)))).toBe(true);
    expect(stored.map(({ all }) => all).join('\n')).not.toContain(key.slice('accord_'.length));
    expect(stored.map(({ all }) => all).join('\n')).not.toContain(Buffer.from(key).toString('hex'));
  });

  it('makes every key another one', async () => {
    const keys = new Set<string>();
    for (let at = 0; at < 5; at += 1)
      keys.add((await issue({ name: 'the same name', role: 'editor' })).body.key);
    expect(keys.size).toBe(5);
  });

  it('lists keys in pages, the oldest first, revoked ones too', async () => {
    for (const name of ['a', 'b', 'c']) await issue({ name, role: 'editor' });
    const names: string[] = [];
    const pages: number[] = [];
    for (let path: string | undefined = '/v1/keys?limit=2'; path !== undefined;) {
      const answer: Answer = await asAdmin('GET', path);
      expect(answer.status).toBe(200);
      names.push(...answer.body.data.map((key: { name: string }) => key.name));
      pages.push(answer.body.data.length);
      path = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
      expect(path === undefined).toBe(answer.body.page.next === null);
    }
    // The operator's and the editor's key of the harness come first, then what the other tests made, then these three.
    expect(names.slice(0, 2)).toEqual(['the operator', 'the editor']);
    expect(names.slice(-3)).toEqual(['a', 'b', 'c']);
    expect(names).toHaveLength((await storedKeys()).length);
    expect(pages.slice(0, -1).every((length) => length === 2)).toBe(true);
  });

  it('refuses a list that makes no sense', async () => {
    await accord.record('/v1/factions', { name: 'MQM-P', classification: 'party' });
    await accord.record('/v1/factions', { name: 'PSP', classification: 'party' });
    const foreign: string = (await accord.get('/v1/factions?limit=1')).body.page.next;
    const codes: string[] = [];
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'role=admin', `cursor=${foreign}`]) {
      const answer = await asAdmin('GET', `/v1/keys?${query}`);
      codes.push(`${String(answer.status)} ${String(answer.body.code)}`);
    }
    const invalid = '400 validation_failed';
    expect(codes).toEqual([invalid, invalid, invalid, invalid, '400 invalid_cursor']);
  });

  it('refuses a key without a name, with a role that there is not, or with anything else', async () => {
    const before = await storedKeys();
    const bodies = [
      [{ role: 'editor' }, ['/name']],
      [{ name: ' ', role: 'editor' }, ['/name']],
      [{ name: 'x'.repeat(101), role: 'editor' }, ['/name']],
      [{ name: 'x' }, ['/role']],
      [{ name: 'x', role: 'reader' }, ['/role']],
      [{ name: 'x', role: 'owner' }, ['/role']],
      [{ name: 'x', role: 'editor', key: 'mine' }, ['/key']],
      [{ name: 'x', role: 'editor', origin: 'environment' }, ['/origin']],
      [{ name: 'half \ud800', role: 'editor' }, ['/name']],
      [[], ['']],
    ] as const;
    for (const [body, pointers] of bodies) {
      const { status, body: problem } = await issue(body);
      expect([status, problem.code]).toEqual([400, 'validation_failed']);
      expect(problem.errors.map((error: { pointer: string }) => error.pointer)).toEqual(pointers);
    }
    expect(await storedKeys()).toEqual(before);
  });

  it('is for admins only', async () => {
    const { body } = await issue({ name: 'an admin', role: 'admin' });
    expect((await using(body.key)).status).toBe(200);
    expect(await using(accord.editorKey)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await accord.get('/v1/keys')).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
  });

  it('refuses a revoked key at once, for good, and keeps what was written with it', async () => {
    const { body } = await issue({ name: 'a guest', role: 'editor' });
    const authorization = `Bearer ${String(body.key)}`;
    const record = (name: string): Promise<Answer> =>
      accord.send('POST', '/v1/people', { body: { name }, headers: { authorization } });
    const written = await record('Kamran Tessori');
    expect(written.status).toBe(201);

    expect((await asAdmin('DELETE', `/v1/keys/${String(body.id)}`)).status).toBe(204);
    const refused = await record('Farooq Sattar');
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(await accord.get('/v1/people', { authorization })).toMatchObject({ status: 401 });
    expect((await accord.get('/v1/people')).body.data).toMatchObject([{ name: 'Kamran Tessori' }]);

    const revoked = await asAdmin('GET', `/v1/keys/${String(body.id)}`);
    expect(revoked.body).toMatchObject({
      name: 'a guest',
      revokedAt: expect.stringMatching(INSTANT),
    });
    expect((await asAdmin('DELETE', `/v1/keys/${String(body.id)}`)).status).toBe(204);
    expect((await asAdmin('GET', `/v1/keys/${String(body.id)}`)).body).toEqual(revoked.body);

    const revisions = await asAdmin('GET', `/v1/people/${String(written.body.id)}/revisions`);
    expect(revisions.body.data).toMatchObject([{ actor: 'a guest' }]);
  });

  it('knows no key by an id that is none', async () => {
    for (const id of ['00000000-0000-7000-8000-000000000000', 'the-operator', '%00', '1'])
      for (const method of ['GET', 'DELETE'])
        expect(await asAdmin(method, `/v1/keys/${id}`)).toMatchObject({
          status: 404,
          body: { code: 'not_found' },
        });
  });
});

/** As if nobody had ever had a key. */
const revokeAll = (): Promise<unknown> =>
  accord.database.prisma.key.updateMany({ data: { revokedAt: new Date() } });

describe('the first admin key', () => {
  beforeEach(async () => {
    await revokeAll();
    await ensureAdminKey(accord.database, ADMIN_KEY);
  });

  it('is made once, when no admin has a key', async () => {
    await revokeAll();
    const made = await ensureAdminKey(accord.database, null);
    expect(made).toMatch(/^accord_[\w-]{43}$/);
    expect((await using(String(made))).status).toBe(200);
    expect(await ensureAdminKey(accord.database, null)).toBeNull();
    const stored = (await storedKeys()).filter(({ revoked }) => !revoked);
    expect(stored).toMatchObject([{ origin: 'first_start', hash: sha256(String(made)) }]);
  });

  it('is made once, though two services start at once', async () => {
    await revokeAll();
    const made = await Promise.all([1, 2, 3, 4].map(() => ensureAdminKey(accord.database, null)));
    expect(made.filter((key) => key !== null)).toHaveLength(1);
    expect((await storedKeys()).filter(({ revoked }) => !revoked)).toHaveLength(1);
  });

  it('is not needed where an admin has a key already', async () => {
    await issue({ name: 'another admin', role: 'admin' });
    expect(await ensureAdminKey(accord.database, null)).toBeNull();
  });
});

describe('the operator’s key', () => {
  beforeEach(async () => {
    await revokeAll();
    await ensureAdminKey(accord.database, ADMIN_KEY);
  });

  it('is valid from the start, and starting again changes nothing', async () => {
    const before = await storedKeys();
    expect(await ensureAdminKey(accord.database, ADMIN_KEY)).toBeNull();
    expect(await storedKeys()).toEqual(before);
    expect((await using(ADMIN_KEY)).status).toBe(200);
  });

  it('takes the place of the operator’s earlier one, and of nobody else’s', async () => {
    const { body } = await issue({ name: 'another admin', role: 'admin' });
    expect(await ensureAdminKey(accord.database, 'the-next-key')).toBeNull();
    expect((await using('the-next-key')).status).toBe(200);
    expect((await using(ADMIN_KEY)).status).toBe(401);
    expect((await using(body.key)).status).toBe(200);

    await ensureAdminKey(accord.database, ADMIN_KEY);
    expect((await using(ADMIN_KEY)).status).toBe(200);
    expect((await using('the-next-key')).status).toBe(401);
  });

  it('is revoked when the operator names none any more, and a new admin key is made', async () => {
    const made = await ensureAdminKey(accord.database, null);
    expect((await using(ADMIN_KEY)).status).toBe(401);
    expect((await using(String(made))).status).toBe(200);
  });

  it('may be a key that was made here: it is the operator’s from then on', async () => {
    const { body } = await issue({ name: 'somebody', role: 'editor' });
    await ensureAdminKey(accord.database, body.key);
    expect((await using(body.key)).status).toBe(200);
    await ensureAdminKey(accord.database, 'the-next-key');
    expect((await using(body.key)).status).toBe(401);
  });
});
