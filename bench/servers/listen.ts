import { once } from 'node:events';
import type { Server } from 'node:http';

/** Listens at any free port; returns the URL. */
export async function listenOnLoopback(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return `http://127.0.0.1:${String(address.port)}`;
}
