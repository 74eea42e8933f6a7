import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics.js';

/** The metrics, served on a port of their own. */
export interface MetricsServer {
  /** The port that it has, also when any was asked for. */
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Serves `GET /metrics`, and nothing else, to whoever can reach the port: there are no keys here.
 *
 * @param port 0: any that is free
 * @throws Error of the system when it cannot listen there
 */
export async function serveMetrics(
  metrics: Metrics,
  host: string,
  port: number,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    answer(metrics, request, response);
  });
  server.setTimeout(10_000);
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: address === null || typeof address === 'string' ? port : address.port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(metrics: Metrics, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead || request.url?.split('?')[0] !== '/metrics') {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Only /metrics is here.\n');
    return;
  }
  metrics.text().then(
    (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
    (error: unknown) => {
      console.error('The metrics cannot be told:', error);
      response.writeHead(500).end();
    },
  );
}
