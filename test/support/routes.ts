import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { request, type IncomingHttpHeaders } from 'node:http';
import { answerOf, type TestApp } from './app.js';
import { STREAM_TYPE } from './stream.body.js';
import { connect } from 'node:net';

/** A method at an address that the running server answers, `:id` standing for any id. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

/** Every route that the server really serves, as its router tells: whoever registered it, documented or not. */
export function servedRoutes(app: NestFastifyApplication): readonly Route[] {
  const fastify = app.getHttpAdapter().getInstance();
  const above: string[] = [];
  const routes: Route[] = [];
  for (const line of fastify.printRoutes({ commonPrefix: false }).split('\n')) {
    // `│   ├── /factions (GET, HEAD, POST)`: four characters for each level, then the path and its methods.
    const [, indent, name, methods] = /^([│├└─\s]*)(\S.*) \(([A-Z, ]+)\)\s*$/u.exec(line) ?? [];
    if (indent === undefined || name === undefined || methods === undefined) {
      if (line.trim() === '') continue;
      throw new Error(`a line of the router that this cannot read: ${line}`);
    }
    above.length = indent.length / 4 - 1;
    const path = above.join('') + name;
    above.push(name);
    routes.push(...methods.split(', ').map((method) => ({ method, path })));
  }
  return routes;
}

/** A request as it goes over the wire. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What the service answers to a request line that no client library has tidied up. */
export async function sendRaw(accord: TestApp, sent: RawRequest): Promise<RawAnswer> {
  const answer = await exchange(accord.baseUrl, sent);
  const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  accord.judge(sent, answerOf(answer.status, new Headers(headers), answer.text));
  return answer;
}

function exchange(
  baseUrl: string,
  { method, path, headers = {}, body }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = { hostname, port, method, path, headers: { ...headers, ...length } };
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      const answer = (): void => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      };
      response.on('end', answer);
      // One without an end: that it began is enough.
      if (response.headers['content-type'] === STREAM_TYPE)
        response.once('data', () => {
          answer();
          sent.destroy();
        });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** All that a server answers to some bytes, until it ends the connection; refused when the connection breaks. */
export function sendBytes(baseUrl: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      resolve(text);
    });
    socket.write(bytes, 'latin1');
  });
}
