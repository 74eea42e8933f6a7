import { isDeepStrictEqual } from 'node:util';
import type { Identified, Page } from '../load/api.js';
import { askOnce, requestBytes } from '../load/connection.js';
import type { Lane } from '../load/saturate.js';
import type { Server } from '../servers/server.js';
import type { Stage } from '../stage.js';
import { laneOf, Paired } from './paired.js';
import type { Scenario } from './scenario.js';

const PAGE = 2_000;

/** The default of a page's length, where there are votes enough for so many pages. */
const VOTES_A_PAGE = 25;

/**
 * Has an answer made each time: who expects what nobody knows is passed over by what is kept, and gets what it would be given
 * anew (RFC 9110, 10.1.1).
 */
const ANEW = { Expect: 'nothing' };

/** Single records and lists of the large data set, as they are polled and made each time, against the same statements through `pg`. */
export async function openRecords(stage: Stage): Promise<readonly Scenario[]> {
  const { databaseUrl, accord } = await stage.largeSet();
  const api = stage.api(accord);
  const { data: people } = await api.ask<Page<Identified>>('people?limit=100');
  const bare = await stage.bare(accord, databaseUrl);
  const against = async (what: string, lanes: readonly [Lane, Lane]): Promise<Scenario> => {
    await requireAgreement(what, lanes);
    return new Paired({ what, atLeast: 0.7, by: 'rate', lanes }, stage.plan);
  };
  return [
    await against('a record by id', [
      laneOf(
        'Accord',
        accord,
        people.map(({ id }) => requestBytes({ path: `/v1/people/${id}` })),
      ),
      laneOf(
        'bare',
        bare,
        people.map(({ id }) => requestBytes({ path: `/record/${id}` })),
      ),
    ]),
    await against('a list of 50', [
      laneOf('Accord', accord, [requestBytes({ path: '/v1/votes?limit=50' })]),
      laneOf('bare', bare, [requestBytes({ path: '/list' })]),
    ]),
    await against('a record by id, made anew', [
      laneOf('Accord', accord, requestsFor(people.map(({ id }) => `/v1/people/${id}`))),
      laneOf(
        'bare',
        bare,
        people.map(({ id }) => requestBytes({ path: `/record/${id}` })),
      ),
    ]),
    await against('a list of 50, made anew', [
      laneOf('Accord', accord, requestsFor(['/v1/votes?limit=50'])),
      laneOf('bare', bare, [requestBytes({ path: '/list' })]),
    ]),
  ];
}

/** A late page of all votes against the first. */
export async function openPages(stage: Stage): Promise<readonly Scenario[]> {
  const { accord } = await stage.largeSet();
  const [first, late] = await pagesOf(stage, accord);
  const scenario = new Paired(
    {
      what: `page ${PAGE.toLocaleString('en')} of votes against page 1`,
      atLeast: 0.9,
      by: 'rate',
      lanes: [
        laneOf('late page', accord, requestsFor([late])),
        laneOf('page 1', accord, requestsFor([first])),
      ],
    },
    stage.plan,
  );
  return [scenario];
}

/** The addresses of the first and of the late page, which is reached once by all the cursors before it. */
async function pagesOf(
  stage: Stage,
  accord: Server,
): Promise<readonly [first: string, late: string]> {
  const api = stage.api(accord);
  const first = `votes?limit=${String(stage.options.quick ? 4 : VOTES_A_PAGE)}`;
  let late = first;
  for (let page = 1; page < PAGE; page += 1) {
    const { next } = (await api.ask<Page<Identified>>(late)).page;
    if (next === null) throw new Error(`Page ${String(page)} of votes is the last.`);
    late = `${first}&cursor=${encodeURIComponent(next)}`;
  }
  return [`/v1/${first}`, `/v1/${late}`];
}

function requestsFor(paths: readonly string[]): readonly Buffer[] {
  return paths.map((path) => requestBytes({ path, headers: ANEW }));
}

/** The two sides answer the first request with the same data. */
async function requireAgreement(what: string, lanes: readonly [Lane, Lane]): Promise<void> {
  const [accord, bare] = await Promise.all(lanes.map(firstOf));
  if (isDeepStrictEqual(accord, bare)) return;
  throw new Error(
    `${what}: the sides disagree.\n${JSON.stringify(accord)}\n${JSON.stringify(bare)}`,
  );
}

async function firstOf({ server, next }: Lane): Promise<unknown> {
  const [line = ''] = next().toString().split('\r\n');
  const { status, body } = await askOnce(server.url, { path: line.split(' ')[1] ?? '' });
  const answer = JSON.parse(body.toString()) as { readonly data?: unknown };
  return { status, data: answer.data ?? answer };
}
