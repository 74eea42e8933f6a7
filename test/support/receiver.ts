import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Change } from './feed.js';

/** Below that of a test, in milliseconds. */
const PATIENCE = 60_000;

/** A message as it came. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly message: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Change;
    readonly cursor: string;
  };
}

/** How a message is answered. */
export type Answering = (response: ServerResponse, received: Received) => void;

const accept: Answering = (response) => {
  response.writeHead(204).end();
};

/** Somebody whom messages are posted to, and who keeps what came. */
export class Receiver {
  readonly received: Received[] = [];
  /** How many connections there were. */
  connections = 0;
  answer: Answering = accept;
  private readonly waiting = new Set<() => void>();
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly host: string,
  ) {}

  static async open(host = '127.0.0.1', port = 0): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server, host);
    server.on('connection', (socket: Socket) => {
      receiver.connections += 1;
      receiver.sockets.add(socket);
      socket.once('close', () => receiver.sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const { url: path = '', headers } = request;
        const received = { path, headers, body, message: JSON.parse(body) as Received['message'] };
        receiver.received.push(received);
        receiver.answer(response, received);
        for (const look of receiver.waiting) look();
      });
    });
    server.listen(port, host);
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://${this.host}:${String(this.port)}/hook`;
  }

  /** Over when so many messages have come. */
  async until(count: number): Promise<readonly Received[]> {
    const late = AbortSignal.timeout(PATIENCE);
    while (this.received.length < count) {
      await new Promise<void>((resolve, reject) => {
        const look = (): void => {
          this.waiting.delete(look);
          resolve();
        };
        this.waiting.add(look);
        late.addEventListener('abort', () => {
          this.waiting.delete(look);
          reject(new Error(`${String(this.received.length)} of ${String(count)} messages came`));
        });
      });
    }
    return this.received;
  }

  /** Forgets what came. */
  forget(): void {
    this.received.length = 0;
    this.answer = accept;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** Asks that a message is signed with a secret, as a receiver does. */
export function verified({ body, headers }: Received, secret: string): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}
