import { connect, type Socket } from 'node:net';

/** A bare connection to a server. */
export interface Wire {
  readonly socket: Socket;
  /** All that was received until the connection ended, however it did. */
  readonly received: Promise<string>;
}

/** Connects and sends some bytes; it reads what comes unless it is told not to. */
export function openWire(baseUrl: string, bytes: string, { reads = true } = {}): Wire {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  const received = new Promise<string>((resolve) => {
    let text = '';
    if (reads) socket.on('data', (chunk: string) => (text += chunk));
    // Broken off or ended: what came before tells.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(text);
    });
  });
  socket.write(bytes);
  return { socket, received };
}

/** The text of a request. */
export function requestText(
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const length = body === '' ? [] : [`Content-Length: ${String(Buffer.byteLength(body))}`];
  const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${line} HTTP/1.1`, 'Host: localhost', ...own, ...length, '', body].join('\r\n');
}

/** The statuses of the answers in what was received, in their order. */
export function statusesIn(received: string): readonly number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}
