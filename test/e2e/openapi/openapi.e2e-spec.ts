import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { tellFoundingStory } from '../../../prisma/seed.js';
import { RECORD_TYPES } from '../../../src/domain/vocabulary.js';
import { RecordsService } from '../../../src/platform/records/records.service.js';
import { startTestApp, type Answer, type Asking, type TestApp } from '../../support/app.js';
import {
  operationsOf,
  readContract,
  type Contract,
  type Operation,
} from '../../support/contract.js';
import { servedRoutes } from '../../support/routes.js';
import { specimens } from '../../support/specimens/all.js';

/** Served, and not in the document: the document itself. */
const UNDOCUMENTED = ['GET /v1/openapi.json'];

let accord: TestApp;
let contract: Contract;
beforeAll(async () => {
  accord = await startTestApp();
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
    const described = operationsOf(contract).map(({ method, path }) => `${method} ${path}`);
    expect([...described, ...UNDOCUMENTED].toSorted()).toEqual(served.toSorted());
  });

  it('names each operation once', () => {
    const names = operationsOf(contract).map(({ operationId }) => operationId);
    expect(names.every((name) => /^[a-z][A-Za-z]+$/.test(name))).toBe(true);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('refers to no schema that it does not have, and has none that nothing refers to', () => {
    const referred = new Set(
      [...JSON.stringify(contract.document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref),
    );
    const schemas = Object.keys(contract.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...referred].toSorted()).toEqual(
      ['#/components/responses/Problem', ...schemas].toSorted(),
    );
  });

  it('gives every parameter of a path, and no other', () => {
    for (const { path, parameters } of operationsOf(contract)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect([path, described]).toEqual([path, inPath]);
    }
  });

  it('says which routes ask for a key', () => {
    for (const { method, path, secured } of operationsOf(contract))
      expect([method, path, secured]).toEqual([
        method,
        path,
        method !== 'GET' || /^\/v1\/(keys|purges)/.test(path),
      ]);
  });
});

/** What is wrong with an answer, by the document: an undescribed status or type, or a body of another shape. */
function faultsOf(operation: Operation, answer: Answer): readonly string[] {
  const said = `${operation.method} ${operation.path} ${String(answer.status)}`;
  const declared = operation.responses[String(answer.status)];
  if (declared === undefined) return [`${said} is not described`];
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
  if (declared.content === undefined)
    return answer.text === '' ? [] : [`${said} should have no body`];
  const schema = declared.content[type]?.schema;
  if (schema === undefined) return [`${said} ${type} is not described`];
  return contract.faults(schema, answer.body).map((fault) => `${said}: ${fault}`);
}

const operation = (method: string, path: string): Operation => {
  const found = operationsOf(contract).find((one) => one.method === method && one.path === path);
  if (!found) throw new Error(`${method} ${path} is not described`);
  return found;
};

/** Asks as somebody and holds the answer against the document. */
async function check(
  [method, path]: readonly [string, string],
  url: string,
  asking: Asking = {},
  as: 'reader' | 'editor' | 'admin' = 'reader',
): Promise<{ readonly answer: Answer; readonly faults: readonly string[] }> {
  const answer = await accord.send(method, url, asking, as);
  return { answer, faults: faultsOf(operation(method, path), answer) };
}

describe('an answer', () => {
  it('has the shape that the document says, for every route that reads', async () => {
    for (const specimen of specimens) await tellThroughAllItsChanges(specimen);
    expect(await purgeSomebody()).toEqual([]);
    const faults: string[] = [];
    const unread: string[] = [];
    for (const { method, path } of operationsOf(contract)) {
      if (method !== 'GET') continue;
      const urls = await addressesOf(path);
      if (urls.length === 0) unread.push(path);
      for (const url of urls) {
        for (const as of whoReads(path)) {
          const checked = await check([method, path], url, {}, as);
          faults.push(...checked.faults);
          if (checked.answer.status !== 200 && checked.answer.status !== 410) faults.push(url);
        }
      }
    }
    expect(new Set(faults)).toEqual(new Set());
    expect(unread).toEqual([]);
  });

  /** Who asked makes a difference where actors and reasons are told, and where keys are. */
  const whoReads = (path: string): readonly ('reader' | 'admin')[] =>
    /^\/v1\/(keys|purges)/.test(path)
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

  async function purgeSomebody(): Promise<readonly string[]> {
    const { id } = (await accord.record('/v1/people', { name: 'Somebody' })) as { id: string };
    const asking = {
      body: { recordType: 'people', recordId: id },
      headers: { 'x-reason': 'a test' },
    };
    return (await check(['POST', '/v1/purges'], '/v1/purges', asking, 'admin')).faults;
  }

  /** Addresses of a route: of the story's records and of the specimens, and in every way in which it can be asked. */
  async function addressesOf(path: string): Promise<readonly string[]> {
    const [, above = ''] = /^\/v1\/([\w-]+)\/\{id\}/.exec(path) ?? [];
    const ids = path.includes('{id}') ? await idsOf(above) : [''];
    const queries = contract.queries(path);
    const asked = queries.includes('asOf') ? ['?asOf=2022-12-29', '?asOf=2024', '?asOf=2021'] : [];
    const paged = queries.includes('limit') ? ['?limit=1'] : [];
    return ids.flatMap((id) =>
      ['', ...asked, ...paged].map((query) => path.replace('{id}', id) + query),
    );
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
    const faults: string[] = [];
    for (const specimen of specimens) {
      const { type, change } = specimen;
      const { path, full } = await specimen.prepare(accord);
      const route = path.replace(/(^\/v1\/[\w-]+\/)[^/]+/, '$1{id}');
      const made = await check(['POST', route], path, { body: full }, 'editor');
      const url = `/v1/${type}/${String(made.answer.body.id)}`;
      const single = `/v1/${type}/{id}`;
      const headers = { 'if-match': '"v1"', 'x-reason': 'to see' };
      const patched = await check(['PATCH', single], url, { body: change, headers }, 'editor');
      const stale = await check(['PATCH', single], url, { body: change, headers }, 'editor');
      const last = { headers: { ...headers, 'if-match': '"v2"' } };
      const retracted = await check(['DELETE', single], url, last, 'editor');
      const gone = await check(['GET', single], url);
      const all = [made, patched, stale, retracted, gone];
      faults.push(...all.flatMap((one) => one.faults));
      expect([type, ...all.map(({ answer }) => answer.status)]).toEqual([
        type,
        ...[201, 200, 412, 204, 410],
      ]);
    }
    const key = await check(
      ['POST', '/v1/keys'],
      '/v1/keys',
      { body: { name: 'a desk', role: 'editor' } },
      'admin',
    );
    const revoked = await check(
      ['DELETE', '/v1/keys/{id}'],
      `/v1/keys/${String(key.answer.body.id)}`,
      {},
      'admin',
    );
    expect([...faults, ...key.faults, ...revoked.faults]).toEqual([]);
  });

  it('that refuses is a problem that the document foresees', async () => {
    const faults: string[] = [];
    const nobody = '00000000-0000-7000-8000-000000000000';
    const refused: Asking[] = [
      { headers: { authorization: 'Bearer nobody' } },
      { body: '{', headers: { 'if-match': '*' } },
      { body: { nonsense: 1 }, headers: { 'if-match': '*' } },
      { body: 'a word', headers: { 'content-type': 'text/plain', 'if-match': '*' } },
      { body: JSON.stringify({ summary: 'x'.repeat(1_100_000) }), headers: { 'if-match': '*' } },
      {},
    ];
    for (const { method, path } of operationsOf(contract)) {
      if (!path.startsWith('/v1/')) continue;
      const url = path.replace('{id}', nobody);
      // A body where none is taken is the caller's own affair.
      const taken = ['POST', 'PATCH'].includes(method) ? refused : refused.slice(0, 1);
      for (const asking of taken) {
        const { answer, faults: found } = await check([method, path], url, asking, 'admin');
        faults.push(...found);
        if (answer.status < 400) faults.push(`${method} ${path} lets it in`);
      }
      if (method !== 'GET') faults.push(...(await check([method, path], url)).faults);
      else faults.push(...(await check([method, path], `${url}?nonsense=1`)).faults);
    }
    expect(new Set(faults)).toEqual(new Set());
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
