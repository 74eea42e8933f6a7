import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { RECORD_TYPES } from '../../../src/domain/vocabulary.js';
import { WebhookSettings } from '../../../src/features/webhooks/webhooks.settings.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type Asking, type TestApp } from '../../support/app.js';
import { readContract, type Contract, type Operation } from '../../support/contract.js';
import { judgeBy, type Judged } from '../../support/judge.js';
import { buildFaction, buildPerson } from '../../support/factories.js';
import { imported, ndjson } from '../../support/importing.js';
import { merged, undo } from '../../support/merging.js';
import { servedRoutes } from '../../support/routes.js';
import { specimens } from '../../support/specimens/all.js';

/** Served, and not in the document: the document itself. */
const UNDOCUMENTED = ['GET /v1/openapi.json'];

let accord: TestApp;
let contract: Contract;
beforeAll(async () => {
  accord = await startTestApp();
  accord.app.get(WebhookSettings).resolve = () => Promise.resolve([]);
  await tellFoundingStory(accord.app.get(RecordsService));
  contract = readContract((await accord.get('/v1/openapi.json')).text);
});
afterAll(() => accord.stop());

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(contract.document['openapi']).toMatch(/^3\.1\.\d+$/);
    const { valid, errors } = await new Validator().validate(structuredClone(contract.document));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('describes every route that is served, and serves every route that it describes', () => {
    const served = servedRoutes(accord.app)
      .filter(({ method, path }) => method !== 'HEAD' && !/^(\/docs|\*)/.test(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const described = contract.operations.map(({ method, path }) => `${method} ${path}`);
    expect([...described, ...UNDOCUMENTED].toSorted()).toEqual(served.toSorted());
  });

  it('names each operation once', () => {
    const names = contract.operations.map(({ operationId }) => operationId);
    expect(names.every((name) => /^[a-z][A-Za-z]+$/.test(name))).toBe(true);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('refers to nothing that it does not have, and has nothing that nothing refers to', () => {
    const referred = new Set(
      [...JSON.stringify(contract.document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref),
    );
    const { components } = contract.document as { components: Record<string, object> };
    const named = ['schemas', 'responses', 'headers'].flatMap((kind) =>
      Object.keys(components[kind] ?? {}).map((name) => `#/components/${kind}/${name}`),
    );
    expect([...referred].toSorted()).toEqual(named.toSorted());
  });

  it('gives every parameter of a path, and no other', () => {
    for (const { path, parameters } of contract.operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect([path, described]).toEqual([path, inPath]);
    }
  });

  it('says which routes ask for a key', () => {
    for (const { method, path, secured } of contract.operations)
      expect([method, path, secured]).toEqual([
        method,
        path,
        method !== 'GET' || /^\/v1\/(keys|merges|purges|duplicates|webhooks|imports)/.test(path),
      ]);
  });
});

const operation = (method: string, path: string): Operation => {
  const found = contract.operations.find((one) => one.method === method && one.path === path);
  if (!found) throw new Error(`${method} ${path} is not described`);
  return found;
};

describe('an answer', () => {
  it('has the shape that the document says, for every route that reads', async () => {
    for (const specimen of specimens) await tellThroughAllItsChanges(specimen);
    await tellMerges();
    await purgeSomebody();
    await tellWebhooks();
    await importSomebody();
    const unread: string[] = [];
    for (const { method, path } of contract.operations) {
      if (method !== 'GET') continue;
      const urls = await addressesOf(path);
      if (urls.length === 0) unread.push(path);
      for (const url of urls) {
        for (const as of whoReads(path)) {
          const { status } = await accord.send(method, url, {}, as);
          if (![200, 307, 410].includes(status)) unread.push(url);
        }
      }
    }
    expect(unread).toEqual([]);
  });

  /** Who asked makes a difference where actors and reasons are told, and where keys are. */
  const whoReads = (path: string): readonly ('reader' | 'admin')[] =>
    /^\/v1\/(keys|merges|purges|duplicates|webhooks|imports)/.test(path)
      ? ['admin']
      : /\/(revisions|changes)$/.test(path)
        ? ['reader', 'admin']
        : ['reader'];

  /** One with every field, one with the fewest, one changed, one retracted. */
  async function tellThroughAllItsChanges(specimen: (typeof specimens)[number]): Promise<void> {
    const { type } = specimen;
    const { path, minimal } = await specimen.prepare(accord);
    const least = await accord.record(path, minimal);
    await accord.retract(`/v1/${type}/${String(least.id)}`);
    const other = await specimen.prepare(accord);
    const whole = await accord.record(other.path, other.full);
    const patched = await accord.patch(`/v1/${type}/${String(whole.id)}`, specimen.change);
    if (patched.status !== 200) throw new Error(`${type}: ${patched.text}`);
  }

  /** One that holds and one that was undone. */
  async function tellMerges(): Promise<void> {
    const [kept, one, other] = [
      await buildPerson(accord),
      await buildPerson(accord),
      await buildPerson(accord),
    ];
    await merged(accord, 'people', kept.id, one.id);
    await undo(accord, (await merged(accord, 'people', kept.id, other.id)).id);
    const different = { of: 'people', ids: [kept.id, other.id], decision: 'different' };
    await accord.record('/v1/duplicates/decisions', different);
  }

  async function importSomebody(): Promise<void> {
    await imported(accord, 'format=ndjson', ndjson([{ recordType: 'people', name: 'Read' }]));
  }

  async function purgeSomebody(): Promise<void> {
    const { id } = (await accord.record('/v1/people', { name: 'Somebody' })) as { id: string };
    const body = { recordType: 'people', recordId: id };
    const answer = await accord.send(
      'POST',
      '/v1/purges',
      { body, headers: { 'x-reason': 'a test' } },
      'admin',
    );
    expect(answer.status).toBe(201);
  }

  /** One that has told, or tried to, and one that has not. */
  async function tellWebhooks(): Promise<void> {
    const make = async (enabled: boolean): Promise<string> => {
      const body = { url: 'https://accord.invalid/', audience: 'all', enabled };
      return String((await accord.send('POST', '/v1/webhooks', { body }, 'admin')).body.id);
    };
    const [id] = [await make(true), await make(false)];
    await accord.record('/v1/people', { name: 'Somebody' });
    for (;;) {
      const { body } = await accord.send('GET', `/v1/webhooks/${id}/deliveries`, {}, 'admin');
      if (body.data[0]?.attempts > 0) return;
    }
  }

  /** Addresses of a route: of the story's records and of the specimens, and in every way in which it can be asked. */
  async function addressesOf(path: string): Promise<readonly string[]> {
    const above = path.startsWith('/v1/duplicates')
      ? 'duplicate-decisions'
      : (/^\/v1\/([\w-]+)\/\{id\}/.exec(path)?.[1] ?? '');
    const ids = path.includes('{id}') ? await idsOf(above) : [''];
    const queries = contract.queries(path);
    if (queries.includes('clock')) return ids.flatMap((id) => spansOf(path.replace('{id}', id)));
    if (queries.includes('format'))
      return ['popolo', 'ndjson', 'csv&resource=votes', 'csv&resource=members&asOf=2022'].map(
        (format) => `${path}?format=${format}`,
      );
    const asked = queries.includes('asOf') ? ['?asOf=2022-12-29', '?asOf=2024', '?asOf=2021'] : [];
    const paged = queries.includes('limit') ? ['?limit=1'] : [];
    if (path === '/v1/duplicates') return [`${path}?of=people`, `${path}?of=factions&limit=1`];
    return ids.flatMap((id) =>
      ['', ...asked, ...paged].map((query) => path.replace('{id}', id) + query),
    );
  }

  /** Spans of both clocks; by the one of recording only the beginning of a history, which is read step by step. */
  function spansOf(path: string): readonly string[] {
    const paged = contract.queries(path.replace(/[\w-]{36}/, '{id}')).includes('limit');
    const few = paged ? '&limit=1' : '';
    return [
      `${path}?clock=asOf&from=2022-12-27`,
      `${path}?clock=asOf&from=2022-12-27&to=2023&knownAt=2030`,
      `${path}?clock=knownAt&from=2022-12-27${few}`,
      `${path}?clock=knownAt&from=2022-12-27&asOf=2022-12-28${few}`,
    ];
  }

  async function idsOf(type: string): Promise<readonly string[]> {
    const table = type.replace('-', '_');
    const rows = await accord.database.read<{ id: string }>(
      `SELECT one.id::text AS id FROM ${table} AS one ORDER BY one.id`,
      [],
    );
    const ids = rows.map(({ id }) => id);
    return [...new Set([...ids.slice(0, 12), ...ids.slice(-12)])];
  }

  it('to a write has the shape that the document says', async () => {
    for (const specimen of specimens) {
      const { type, change } = specimen;
      const { path, full } = await specimen.prepare(accord);
      const made = await accord.post(path, full);
      const url = `/v1/${type}/${String(made.body.id)}`;
      const headers = { 'if-match': '"v1"', 'x-reason': 'to see' };
      const seen = Object.fromEntries(Object.keys(change).map((name) => [name, made.body[name]]));
      const repair = (segment: string, body?: object) =>
        accord.send(
          'POST',
          `${url}/${segment}`,
          { body, headers: { ...headers, 'if-match': '*' } },
          'editor',
        );
      const all = [
        made,
        await accord.patch(url, change, headers),
        await accord.patch(url, seen, headers),
        await repair('reverts', { version: 1 }),
        await accord.retract(url),
        await accord.get(url),
        await repair('restorations'),
      ];
      expect([type, ...all.map(({ status }) => status)]).toEqual([
        type,
        ...[201, 200, 412, 200, 204, 410, 200],
      ]);
    }
    const body = { name: 'a desk', role: 'editor' };
    const key = await accord.send('POST', '/v1/keys', { body }, 'admin');
    const url = `/v1/keys/${String(key.body.id)}`;
    expect((await accord.send('DELETE', url, {}, 'admin')).status).toBe(204);
  });

  it.each(['people', 'factions'] as const)('to a merge of %s has it too', async (type) => {
    const build = () => (type === 'people' ? buildPerson(accord) : buildFaction(accord));
    const [kept, duplicate] = [await build(), await build()];
    const headers = { 'if-match': '*', 'x-reason': 'one and the same' };
    const merging = (duplicateId: string) =>
      accord.send(
        'POST',
        `/v1/${type}/${kept.id}/merges`,
        { body: { duplicateId }, headers },
        'editor',
      );
    const clashing = await merging(kept.id);
    const made = await merging(duplicate.id);
    const led = await accord.get(`/v1/${type}/${duplicate.id}`);
    const undoing = () =>
      accord.send('DELETE', `/v1/merges/${String(made.body.id)}`, { headers }, 'editor');
    const all = [clashing, made, led, await undoing(), await undoing()];
    expect(all.map(({ status }) => status)).toEqual([409, 201, 307, 204, 410]);
  });

  it('that refuses is a problem that the document foresees', async () => {
    const letIn: string[] = [];
    const nobody = '00000000-0000-7000-8000-000000000000';
    const refused: Asking[] = [
      { headers: { authorization: 'Bearer nobody' } },
      { body: '{', headers: { 'if-match': '*' } },
      { body: { nonsense: 1 }, headers: { 'if-match': '*' } },
      { body: 'a word', headers: { 'content-type': 'text/plain', 'if-match': '*' } },
      { body: JSON.stringify({ summary: 'x'.repeat(1_100_000) }), headers: { 'if-match': '*' } },
      {},
    ];
    for (const { method, path } of contract.operations) {
      if (!path.startsWith('/v1/')) continue;
      const url = path.replace('{id}', nobody);
      // A body where none is taken is the caller's own affair.
      const taken = ['POST', 'PATCH'].includes(method) ? refused : refused.slice(0, 1);
      for (const asking of taken) {
        const { status } = await accord.send(method, url, asking, 'admin');
        if (status < 400) letIn.push(`${method} ${path}`);
      }
      const { status } = await accord.send(method, method === 'GET' ? `${url}?nonsense=1` : url);
      if (status < 400) letIn.push(`${method} ${path} for nobody`);
    }
    expect(letIn).toEqual([]);
  });
});

describe('every answer that a test gets', () => {
  it('is held against the document: its status, its type, its body and its headers', async () => {
    const judge = judgeBy(contract);
    const { id } = await accord.record('/v1/people', { name: 'Kamran Tessori' });
    const question = { method: 'GET', path: `/v1/people/${String(id)}?view=public` };
    const right = await accord.get(question.path);
    const faultsOf = (change: Partial<Judged>, method = 'GET'): readonly string[] =>
      judge({ ...question, method }, { ...right, ...change });
    const without = (name: string): Headers => {
      const headers = new Headers(right.headers);
      headers.delete(name);
      return headers;
    };
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ text: '' }, 'HEAD')).toEqual([]);
    const wrong = [
      faultsOf({ status: 202 }),
      faultsOf({ status: 304 }),
      faultsOf({ status: 500 }),
      faultsOf({ body: { ...right.body, secret: 1 } }),
      faultsOf({ body: { ...right.body, id: 'none' } }),
      faultsOf({ headers: without('content-type') }),
      faultsOf({ headers: without('etag') }),
      faultsOf({}, 'HEAD'),
      faultsOf({}, 'PUT'),
      faultsOf({}, 'OPTIONS'),
    ];
    expect(wrong.map((faults) => faults.length > 0)).toEqual(wrong.map(() => true));
    const nowhere = { ...question, path: '/v1/none' };
    expect(judge(nowhere, right)).not.toEqual([]);
    expect(judge(nowhere, await accord.get(nowhere.path))).toEqual([]);
  });
});

describe('the validators', () => {
  const RECORDS = RECORD_TYPES.map((type) => [type] as const);
  const specimenOf = (type: string): (typeof specimens)[number] => {
    const found = specimens.find((one) => one.type === type);
    if (!found) throw new Error(`no specimen of ${type}`);
    return found;
  };
  /** Whether the document takes a body for a new record, and the shape of its fields that the service refuses. */
  async function verdicts(path: string, body: object): Promise<readonly [boolean, boolean]> {
    const route = path.replace(/(^\/v1\/[\w-]+\/)[^/]+/, '$1{id}');
    const schema = operation('POST', route).body;
    if (schema === undefined) throw new Error(`${route} takes no body`);
    const { body: answer } = await accord.post(path, body);
    return [contract.faults(schema, body).length === 0, answer.code !== 'validation_failed'];
  }

  it.each(RECORDS)('take the least and the most that the document takes in /%s', async (type) => {
    const specimen = specimenOf(type);
    const least = await specimen.prepare(accord);
    expect(await verdicts(least.path, least.minimal)).toEqual([true, true]);
    const most = await specimen.prepare(accord);
    expect(await verdicts(most.path, most.full)).toEqual([true, true]);
  });

  it.each(RECORDS)('refuse what the document refuses in /%s, field by field', async (type) => {
    const { path, minimal, full } = await specimenOf(type).prepare(accord);
    const differing: string[] = [];
    const bodies = Object.keys({ ...full, unknown: 1 }).flatMap((name) =>
      WRONG.map((value) => ({ ...minimal, [name]: value })),
    );
    const without = Object.keys(minimal).map((name) =>
      Object.fromEntries(Object.entries(minimal).filter(([key]) => key !== name)),
    );
    for (const body of [...bodies, ...without]) {
      const [document, service] = await verdicts(path, body);
      if (document !== service)
        differing.push(
          `${JSON.stringify(body)}: document ${String(document)}, service ${String(service)}`,
        );
    }
    expect(differing).toEqual([]);
  });
});

/** Values of which each field takes a few at most. */
const WRONG: readonly unknown[] = [
  12.5,
  -1,
  true,
  '',
  ' ',
  'no such word',
  [],
  {},
  [{}],
  ['no id'],
  [null],
  { unknown: 1 },
  null,
  'x'.repeat(6000),
];
