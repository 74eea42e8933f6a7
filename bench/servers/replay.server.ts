/** What the status is compared with: `node:http` on the same Node, which answers with the same bytes and headers, and nothing else. */
import { createServer } from 'node:http';
import { listenOnLoopback } from './listen.js';
import type { Recorded } from './recorded.js';
import { serveAsChild } from './server.js';

export interface ReplaySetup {
  readonly recorded: Recorded;
  /** How often the answer gets another tag, as when the record is edited; 0: never. */
  readonly changesPerSecond: number;
}

serveAsChild(async (setup) => {
  // As the bench declares where it starts this.
  const { recorded, changesPerSecond } = setup as ReplaySetup;
  const body = Buffer.from(recorded.body, 'base64');
  const full = [...recorded.headers];
  const notModified = [...recorded.notModifiedHeaders];
  const places = [full, notModified].map((headers) => headers.indexOf(recorded.tag));
  let tag = recorded.tag;
  let changes = 0;
  if (changesPerSecond > 0) {
    setInterval(() => {
      changes += 1;
      // As long as the one that it replaces.
      tag = `"${String(changes).padStart(recorded.tag.length - 2, '0')}"`;
      [full, notModified].forEach((headers, at) => headers.splice(places[at] ?? 0, 1, tag));
    }, 1000 / changesPerSecond);
  }
  const server = createServer((request, response) => {
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304, notModified);
      response.end();
      return;
    }
    response.writeHead(200, full);
    response.end(body);
  });
  server.keepAliveTimeout = recorded.keepAliveSeconds * 1000;
  return listenOnLoopback(server);
});
