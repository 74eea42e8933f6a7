import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, type AppOptions } from '../../src/app.setup.js';
import { ensureAdminKey } from '../../src/platform/auth/first.keys.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { Database } from '../../src/platform/prisma/database.js';
import { Head } from '../../src/platform/snapshots/head.js';
import { readFileSync } from 'node:fs';
import { readContract } from './contract.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { judgeBy, type Judged, type Question } from './judge.js';
import { bodyOf } from './stream.body.js';

/** An answer: its status, its headers and its body, parsed when it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Its shape is what a test asserts. */
  readonly body: any;
}

/** What a request may have. */
export interface Asking {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ADMIN_KEY = 'an admin key for tests'.replaceAll(' ', '-');

/** A running service on a database of its own, and those who call it. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly baseUrl: string;
  readonly editorKey: string;
  /** Throws when an answer is not as the document says, as everything that sends here does. */
  judge(question: Question, answer: Judged): void;
  /** Sends a request; `path` is absolute, `as` whose key it bears. */
  send(
    method: string,
    path: string,
    asking?: Asking,
    as?: 'reader' | 'editor' | 'admin',
  ): Promise<Answer>;
  /** Reads as anybody. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Records something as an editor, which must succeed; returns the body. */
  record(path: string, body: unknown): Promise<any>;
  /** Records something as an editor, which may be refused. */
  post(path: string, body: unknown): Promise<Answer>;
  /** Changes something as an editor, at whatever version. */
  patch(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Retracts something as an editor, at whatever version. */
  retract(path: string, reason?: string): Promise<Answer>;
  /** Sets the time in the world that the status reads. */
  setNow(time: string): void;
  /** Sets the instant at which visibility is judged; null: the database's own. */
  setInstant(time: string | null): void;
  /** Stops the service; throws when any answer of it was not as the document says, whoever caught that. */
  stop(): Promise<void>;
}

/** Starts the service on a new copy of the migrated database, or on one that is there and stays. */
export async function startTestApp(
  existing?: TestDatabase,
  options: Omit<AppOptions, 'databaseUrl'> = {},
): Promise<TestApp> {
  const testDatabase = existing ?? (await createTestDatabase());
  const databaseUrl = testDatabase.url;
  const app = await createApp({ databaseUrl, describesLater: true, ...options });
  const database = app.get(Database);
  await ensureAdminKey(database, ADMIN_KEY);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const baseUrl = await app.getUrl();
  const clock = app.get(Clock);
  let now = Date.parse('2023-01-01T00:00:00Z');
  let instant: string | null = null;
  clock.world = () => now;
  clock.instant = () => instant;
  const keys = { reader: '', editor: '', admin: ADMIN_KEY };

  const { judge, faults } = judging();
  const send = sender(baseUrl, keys, { judge, head: app.get(Head) });
  const issued = await send(
    'POST',
    '/v1/keys',
    { body: { name: 'the editor', role: 'editor' } },
    'admin',
  );
  keys.editor = issued.body.key;

  const post: TestApp['post'] = (path, body) => send('POST', path, { body }, 'editor');
  return {
    app,
    database,
    databaseUrl,
    baseUrl,
    editorKey: keys.editor,
    judge,
    send,
    post,
    get: (path, headers = {}) => send('GET', path, { headers }),
    record: async (path, body) => {
      const answer = await post(path, body);
      if (answer.status !== 201)
        throw new Error(`POST ${path} answered ${String(answer.status)}: ${answer.text}`);
      return answer.body;
    },
    patch: (path, body, headers = { 'if-match': '*' }) =>
      send('PATCH', path, { body, headers }, 'editor'),
    retract: (path, reason = 'a test') =>
      send('DELETE', path, { headers: { 'if-match': '*', 'x-reason': reason } }, 'editor'),
    setNow: (time) => {
      now = Date.parse(time);
    },
    setInstant: (time) => {
      instant = time;
    },
    stop: async () => {
      await app.close();
      if (!existing) await testDatabase.drop();
      if (faults.length > 0) throw new Error(`not as the document says:\n${faults.join('\n')}`);
    },
  };
}

/** That the file is the document which the service serves is a check of its own. */
const CONTRACT = readContract(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));
const faultsOf = judgeBy(CONTRACT);

/** Judges answers by the OpenAPI document, and remembers what was wrong. */
function judging(): { readonly judge: TestApp['judge']; readonly faults: readonly string[] } {
  const faults: string[] = [];
  return {
    faults,
    judge: (question, answer) => {
      const found = faultsOf(question, answer);
      faults.push(...found);
      if (found.length > 0) throw new Error(`not as the document says:\n${found.join('\n')}`);
    },
  };
}

function sender(
  baseUrl: string,
  keys: Readonly<Record<'reader' | 'editor' | 'admin', string>>,
  { judge, head }: { readonly judge: TestApp['judge']; readonly head: Head },
): TestApp['send'] {
  return async (method, path, { body, headers = {} } = {}, as = 'reader') => {
    // What a test has written past the service is looked at now, not within half a second; a write looks for itself.
    if (method === 'GET' || method === 'HEAD') await head.confirm();
    const response = await fetch(baseUrl + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(keys[as] === '' ? {} : { authorization: `Bearer ${keys[as]}` }),
        // Where a test does not ask for another form: the tag of each is another.
        'accept-encoding': 'identity',
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = answerOf(response.status, response.headers, await bodyOf(response));
    judge({ method, path }, answer);
    return answer;
  };
}

/** An answer, with its body parsed when it is JSON. */
export function answerOf(status: number, headers: Headers, text: string): Answer {
  const isJson = /[/+]json\b/.test(headers.get('content-type') ?? '') && text !== '';
  return { status, headers, text, body: isJson ? JSON.parse(text) : undefined };
}
