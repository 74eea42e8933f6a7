import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RECORD_TYPES } from '../../../src/domain/vocabulary.js';
import { startTestApp, ADMIN_KEY, type TestApp } from '../../support/app.js';
import { sendRaw, servedRoutes, type Route } from '../../support/routes.js';

type Least = 'open' | 'reader' | 'editor' | 'admin';

/** Beneath every record. */
const ofEveryRecord = (
  segment: string,
  methods: Readonly<Record<string, Least>>,
): Record<string, Readonly<Record<string, Least>>> =>
  Object.fromEntries(RECORD_TYPES.map((type) => [`/v1/${type}/:id/${segment}`, methods]));

const listed = { GET: 'reader', POST: 'editor' } as const;
const single = { GET: 'reader', PATCH: 'editor', DELETE: 'editor' } as const;
const computed = { GET: 'reader' } as const;
const made = { POST: 'editor' } as const;
const open = { GET: 'open' } as const;

/** The least role of every route. A new route is added here by hand, by somebody who has thought about it. */
const LEAST_ROLE: Readonly<Record<string, Readonly<Record<string, Least>>>> = {
  '*': { OPTIONS: 'open' },
  '/livez': open,
  '/readyz': open,
  '/docs': open,
  '/docs/': open,
  '/docs/*': open,
  '/docs/LICENSE': open,
  '/docs/index.html': open,
  '/docs/swagger-ui-init.js': open,
  '/docs/docs/swagger-ui-init.js': open,
  '/v1': computed,
  '/v1/openapi.json': open,
  '/v1/status': computed,
  '/v1/track-records': computed,
  '/v1/changes': computed,
  '/v1/stream': computed,
  '/v1/export': computed,
  '/v1/purges': { GET: 'editor', POST: 'admin' },
  '/v1/purges/:id': { GET: 'editor' },
  '/v1/imports': { GET: 'editor', POST: 'editor' },
  '/v1/imports/:id': { GET: 'editor' },
  '/v1/imports/:id/rows': { GET: 'editor' },
  '/v1/keys': { GET: 'admin', POST: 'admin' },
  '/v1/keys/:id': { GET: 'admin', DELETE: 'admin' },
  '/v1/webhooks': { GET: 'admin', POST: 'admin' },
  '/v1/webhooks/:id': { GET: 'admin', PATCH: 'admin', DELETE: 'admin' },
  '/v1/webhooks/:id/deliveries': { GET: 'admin' },
  '/v1/webhooks/:id/replay': { POST: 'admin' },
  '/v1/webhooks/:id/secrets': { POST: 'admin' },
  '/v1/deliveries/:id/retry': { POST: 'admin' },
  '/v1/factions': listed,
  '/v1/factions/:id': single,
  '/v1/factions/:id/merges': made,
  '/v1/factions/:id/revisions': computed,
  '/v1/factions/:id/standing': computed,
  '/v1/people': listed,
  '/v1/people/:id': single,
  '/v1/people/:id/merges': made,
  '/v1/people/:id/revisions': computed,
  '/v1/people/:id/standing': computed,
  '/v1/members': listed,
  '/v1/members/:id': single,
  '/v1/members/:id/revisions': computed,
  '/v1/members/:id/standing': computed,
  '/v1/mergers': listed,
  '/v1/mergers/:id': single,
  '/v1/mergers/:id/revisions': computed,
  '/v1/mergers/:id/standing': computed,
  '/v1/mergers/:id/status': computed,
  '/v1/mergers/:id/status/diff': computed,
  '/v1/mergers/:id/status/history': computed,
  '/v1/mergers/:id/timeline': computed,
  '/v1/mergers/:id/succession': listed,
  '/v1/participants': listed,
  '/v1/participants/:id': single,
  '/v1/participants/:id/revisions': computed,
  '/v1/participants/:id/standing': computed,
  '/v1/participants/:id/stances': listed,
  '/v1/stances/:id': single,
  '/v1/stances/:id/revisions': computed,
  '/v1/stances/:id/standing': computed,
  '/v1/milestones': listed,
  '/v1/milestones/:id': single,
  '/v1/milestones/:id/revisions': computed,
  '/v1/milestones/:id/standing': computed,
  '/v1/milestones/:id/transitions': listed,
  '/v1/transitions/:id': single,
  '/v1/transitions/:id/revisions': computed,
  '/v1/transitions/:id/standing': computed,
  '/v1/meetings': listed,
  '/v1/meetings/:id': single,
  '/v1/meetings/:id/revisions': computed,
  '/v1/meetings/:id/standing': computed,
  '/v1/meetings/:id/attendance': listed,
  '/v1/attendance/:id': single,
  '/v1/attendance/:id/revisions': computed,
  '/v1/attendance/:id/standing': computed,
  '/v1/motions': listed,
  '/v1/motions/:id': single,
  '/v1/motions/:id/result': computed,
  '/v1/motions/:id/revisions': computed,
  '/v1/motions/:id/standing': computed,
  '/v1/vote-events': listed,
  '/v1/vote-events/:id': single,
  '/v1/vote-events/:id/revisions': computed,
  '/v1/vote-events/:id/standing': computed,
  '/v1/vote-events/:id/tally': computed,
  '/v1/votes': listed,
  '/v1/votes/:id': single,
  '/v1/votes/:id/revisions': computed,
  '/v1/votes/:id/standing': computed,
  '/v1/mandates': listed,
  '/v1/mandates/:id': single,
  '/v1/mandates/:id/revisions': computed,
  '/v1/mandates/:id/standing': computed,
  '/v1/predictions': listed,
  '/v1/predictions/:id': single,
  '/v1/predictions/:id/revisions': computed,
  '/v1/predictions/:id/standing': computed,
  '/v1/successions/:id': single,
  '/v1/successions/:id/revisions': computed,
  '/v1/successions/:id/standing': computed,
  '/v1/sources': listed,
  '/v1/sources/:id': single,
  '/v1/sources/:id/revisions': computed,
  '/v1/sources/:id/standing': computed,
  '/v1/sources/:id/track-record': computed,
  '/v1/citations': listed,
  '/v1/citations/:id': single,
  '/v1/citations/:id/revisions': computed,
  '/v1/citations/:id/standing': computed,
  '/v1/duplicates': { GET: 'editor' },
  '/v1/duplicates/decisions': { GET: 'editor', POST: 'editor' },
  '/v1/duplicates/decisions/:id': { GET: 'editor', DELETE: 'editor' },
  '/v1/merges': { GET: 'editor' },
  '/v1/merges/:id': { GET: 'editor', DELETE: 'editor' },
  ...ofEveryRecord('restorations', { POST: 'editor' }),
  ...ofEveryRecord('reverts', { POST: 'editor' }),
};

const NOBODYS_ID = '00000000-0000-7000-8000-000000000000';

/** Who calls: with what, and what the bearer may do at most. `false` is a key that opens nothing that asks for one. */
interface Bearer {
  readonly who: string;
  readonly authorization: string | undefined;
  readonly may: 'reader' | 'editor' | 'admin' | false;
}

describe('every route and every role', () => {
  let accord: TestApp;
  let routes: readonly Route[];
  let bearers: readonly Bearer[];
  beforeAll(async () => {
    accord = await startTestApp();
    routes = servedRoutes(accord.app);
    const issued = await accord.send(
      'POST',
      '/v1/keys',
      { body: { name: 'somebody who left', role: 'admin' } },
      'admin',
    );
    await accord.send('DELETE', `/v1/keys/${String(issued.body.id)}`, {}, 'admin');
    bearers = [
      { who: 'nobody', authorization: undefined, may: 'reader' },
      { who: 'an editor', authorization: `Bearer ${accord.editorKey}`, may: 'editor' },
      { who: 'an admin', authorization: `Bearer ${ADMIN_KEY}`, may: 'admin' },
      { who: 'an unknown key', authorization: 'Bearer accord_nobody-has-this', may: false },
      { who: 'a revoked key', authorization: `Bearer ${String(issued.body.key)}`, may: false },
      { who: 'another scheme', authorization: `Basic ${ADMIN_KEY}`, may: false },
      { who: 'a key without a scheme', authorization: ADMIN_KEY, may: false },
      { who: 'no key after the scheme', authorization: 'Bearer ', may: false },
      { who: 'two keys', authorization: `Bearer ${ADMIN_KEY} ${ADMIN_KEY}`, may: false },
    ];
  });
  afterAll(() => accord.stop());

  const headersOf = ({ authorization }: Bearer): Record<string, string> =>
    authorization === undefined ? {} : { authorization };

  /** How many things there are that a caller could have made or changed. */
  async function stored(): Promise<object> {
    const [counts] = await accord.database.read(
      `SELECT (SELECT count(*)::int FROM revisions) AS revisions, (SELECT count(*)::int FROM keys) AS keys,
         (SELECT count(*)::int FROM keys AS key WHERE key.revoked_at IS NOT NULL) AS revoked`,
      [],
    );
    return { ...counts };
  }

  it('serves the routes of the table and no others', () => {
    const served = routes
      // A HEAD is answered by what answers the GET.
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, path }) => `${path} ${method}`);
    const known = Object.entries(LEAST_ROLE).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${path} ${method}`),
    );
    expect(served.sort()).toEqual(known.sort());
  });

  it('is walked by the router’s own list, which holds each route that the router finds', () => {
    const fastify = accord.app.getHttpAdapter().getInstance();
    const lost = routes.filter(
      ({ method, path }) => path !== '*' && !fastify.hasRoute({ method, url: path }),
    );
    expect(lost).toEqual([]);
    expect(routes.length).toBeGreaterThan(150);
  });

  it('lets each caller do what the table says, and no more', async () => {
    const before = await stored();
    const wrong: string[] = [];
    for (const route of routes)
      for (const bearer of bearers) wrong.push(...(await faultsOf(route, bearer)));
    expect(wrong).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  /** What is wrong with the answer of a route to a caller; nothing, when it is as the table says. */
  async function faultsOf({ method, path }: Route, bearer: Bearer): Promise<readonly string[]> {
    const url = path === '*' ? '/v1/keys' : path.replace(':id', NOBODYS_ID).replace('*', 'none');
    const answer = await sendRaw(accord, { method, path: url, headers: headersOf(bearer) });
    const said = `${method} ${path} by ${bearer.who}: ${String(answer.status)}`;
    const expected = expectedOf(LEAST_ROLE[path]?.[method === 'HEAD' ? 'GET' : method], bearer);
    const got = [401, 403].includes(answer.status) ? answer.status : 'let in';
    const asksForKey = answer.headers['www-authenticate'] !== undefined;
    return [
      ...(got === expected ? [] : [`${said}, expected ${String(expected)}`]),
      ...(answer.status < 500 ? [] : [`${said}, a fault of ours`]),
      ...(asksForKey === (answer.status === 401) ? [] : [`${said}, WWW-Authenticate`]),
    ];
  }

  it('refuses a write that would succeed, and stores nothing, for whoever may not write', async () => {
    const faction = await accord.record('/v1/factions', { name: 'PSP', classification: 'party' });
    const before = await stored();
    const editor = accord.editorKey;
    const keys = await accord.send('GET', '/v1/keys', {}, 'admin');
    const editorsId: string = keys.body.data.find(
      (key: { name: string }) => key.name === 'the editor',
    ).id;
    const writes = [
      ['POST', '/v1/factions', { name: 'MQM-P', classification: 'party' }],
      ['PATCH', `/v1/factions/${String(faction.id)}`, { name: 'PSP, renamed' }],
      ['DELETE', `/v1/factions/${String(faction.id)}`, undefined],
    ] as const;
    const keyWrites = [
      ['POST', '/v1/keys', { name: 'a back door', role: 'admin' }],
      ['POST', '/v1/purges', { recordType: 'factions', recordId: String(faction.id) }],
      ['DELETE', `/v1/keys/${editorsId}`, undefined],
    ] as const;
    const answers: string[] = [];
    for (const bearer of bearers.filter(({ may }) => may === 'reader' || may === false))
      for (const [method, path, body] of [...writes, ...keyWrites])
        answers.push(await codeOf(method, path, body, headersOf(bearer)));
    expect(new Set(answers)).toEqual(new Set(['401 unauthorized']));
    const byEditor: string[] = [];
    for (const [method, path, body] of keyWrites)
      byEditor.push(await codeOf(method, path, body, { authorization: `Bearer ${editor}` }));
    expect(byEditor).toEqual(['403 forbidden', '403 forbidden', '403 forbidden']);
    expect(await stored()).toEqual(before);
  });

  async function codeOf(
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<string> {
    const answer = await accord.send(method, path, {
      ...(body === undefined ? {} : { body }),
      headers: { 'if-match': '*', 'x-reason': 'a trick', ...headers },
    });
    return `${String(answer.status)} ${String(answer.body.code)}`;
  }

  it('is not tricked by an address that looks like another one', async () => {
    const faction = await accord.record('/v1/factions', { name: 'MQM-P', classification: 'party' });
    const before = await stored();
    const id = String(faction.id);
    const targets = [
      ['GET', '/v1/keys', ''],
      ['POST', '/v1/keys', JSON.stringify({ name: 'a back door', role: 'admin' })],
      ['POST', '/v1/factions', JSON.stringify({ name: 'Nobody', classification: 'party' })],
      ['PATCH', `/v1/factions/${id}`, JSON.stringify({ name: 'Nobody' })],
      ['DELETE', `/v1/factions/${id}`, ''],
    ] as const;
    const letIn: string[] = [];
    for (const [method, path, body] of targets) {
      for (const trick of tricksOf(path)) {
        for (const bearer of bearers.filter(({ may }) => may === 'reader' || may === false)) {
          const headers = { ...headersOf(bearer), 'if-match': '*', 'x-reason': 'a trick' };
          const sent = body === '' ? headers : { ...headers, 'content-type': 'application/json' };
          const answer = await sendRaw(accord, {
            method,
            path: trick,
            headers: sent,
            body,
          });
          if (![400, 401, 403, 404].includes(answer.status))
            letIn.push(`${method} ${trick} by ${bearer.who}: ${String(answer.status)}`);
        }
      }
    }
    expect(letIn).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  it('has no other method by which to get at what a key guards', async () => {
    const before = await stored();
    const body = JSON.stringify({ name: 'a back door', role: 'admin' });
    const statuses: Record<string, number> = {};
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'TRACE', 'PROPFIND', 'SEARCH'])
      statuses[method] = (await sendRaw(accord, { method, path: '/v1/keys' })).status;
    expect(statuses).toEqual({
      HEAD: 401,
      OPTIONS: 204,
      PUT: 404,
      PATCH: 404,
      TRACE: 404,
      PROPFIND: 404,
      SEARCH: 404,
    });
    const path = '/v1/keys';
    const headers = {
      'content-type': 'application/json',
      'x-http-method-override': 'POST',
      'x-http-method': 'POST',
      'x-original-url': '/v1/factions',
      'x-rewrite-url': '/v1/factions',
      'x-forwarded-for': '127.0.0.1',
    };
    const asReader = await sendRaw(accord, { method: 'POST', path, headers, body });
    expect(asReader.status).toBe(401);
    const asPreflight = await sendRaw(accord, { method: 'OPTIONS', path, headers, body });
    expect([asPreflight.status, asPreflight.text]).toEqual([204, '']);
    expect(await stored()).toEqual(before);
  });
});

/** What the table lets a caller see: in, or out with 401 (who are you?) or 403 (not you). */
function expectedOf(least: Least | undefined, { may }: Bearer): string | number {
  if (least === undefined) return 'a line in the table';
  if (least === 'open') return 'let in';
  if (may === false) return 401;
  const ranks = ['reader', 'editor', 'admin'];
  if (ranks.indexOf(may) >= ranks.indexOf(least)) return 'let in';
  return may === 'reader' ? 401 : 403;
}

/** Other ways to write a path, of which a guard might think something else than a router. */
function tricksOf(path: string): readonly string[] {
  const slashAt = path.lastIndexOf('/');
  const [head, tail] = [path.slice(0, slashAt), path.slice(slashAt + 1)];
  return [
    `${path}/`,
    `${path}//`,
    `/${path}`,
    path.replace('/v1/', '/v1//'),
    path.replace('/v1/', '/V1/'),
    path.toUpperCase(),
    path.replace('/v1/', '/v1%2f'),
    path.replace('/v1/', '/v1%2F'),
    path.replace('/v1/', '/v1%5c'),
    path.replace('/v1/', '/v1\\'),
    `${path}%2f`,
    `${path}%00`,
    `${path}%20`,
    `${path};a=b`,
    path.replace('/v1/', '/v1;a=b/'),
    `${path}?`,
    `${path}#`,
    `${path}.json`,
    `${path}/.`,
    `${path}/%2e`,
    `${head}/./${tail}`,
    `${head}/x/../${tail}`,
    `${head}/x/%2e%2e/${tail}`,
    `/livez/..${path}`,
    `/docs/..${path}`,
    `/docs/%2e%2e${path}`,
    `/docs/..%2f${path.slice(1)}`,
    `/v1/openapi.json/..${path}`,
    `http://127.0.0.1${path}`,
    `${head}/%${tail.charCodeAt(0).toString(16)}${tail.slice(1)}`,
    `*${path}`,
  ];
}
