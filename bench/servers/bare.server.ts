/**
 * What Accord is compared with: `node:http` and `pg`, the same statements, prepared, on as many connections, and nothing
 * else. It checks nothing, and knows four paths.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { storeVote, type SentVote } from './bare.db.js';
import { listenOnLoopback } from './listen.js';
import { serveAsChild } from './server.js';
import type { Statement, Statements } from './statements.js';

export interface BareSetup {
  readonly databaseUrl: string;
  /** The key that the revisions of votes name. */
  readonly keyId: string;
  readonly statements: Statements;
}

interface Row {
  readonly json: string;
}

serveAsChild(async (setup) => {
  // As the bench declares where it starts this.
  const { databaseUrl, keyId, statements } = setup as BareSetup;
  // As many connections as Accord's, with the same settings.
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    keepAlive: true,
    options: '-c TimeZone=UTC',
  });
  const read = async (name: string, { text }: Statement, values: unknown[]): Promise<Row[]> =>
    (await pool.query<Row>({ name, text, values })).rows;

  const answer = async (request: IncomingMessage): Promise<string | undefined> => {
    const [, path = '', id = ''] = (request.url ?? '').split('/');
    const { record, list, status } = statements;
    switch (path) {
      case 'record':
        // The instant of the reading stands behind the id.
        return (await read('record', record, [id, ...record.values.slice(1)]))[0]?.json;
      case 'list': {
        const rows = (await read('list', list, [...list.values])).slice(0, 50);
        return `{"data":[${rows.map(({ json }) => json).join(',')}]}`;
      }
      case 'status':
        return (await read('status', status, [...status.values]))[0]?.json;
      case 'votes':
        return storeVote(pool, keyId, {
          vote: JSON.parse(await textOf(request)) as SentVote,
          idempotencyKey: String(request.headers['idempotency-key']),
        });
      default:
        return undefined;
    }
  };

  const server = createServer((request, response) => {
    answer(request).then(
      (json) => {
        send(response, json === undefined ? 404 : 200, json ?? '{}');
      },
      (error: unknown) => {
        console.error(error);
        send(response, 500, '{}');
      },
    );
  });
  return listenOnLoopback(server);
});

function send(response: ServerResponse, status: number, json: string): void {
  const body = Buffer.from(json);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
  });
  response.end(body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  return text;
}
