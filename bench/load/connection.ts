import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AnswerReader, type Answer } from './answers.js';

/** After so many milliseconds without a byte a connection is given up. */
const LONGEST_SILENCE = 30_000;

/** What is asked. */
export interface Ask {
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as it goes over the wire. */
export function requestBytes({ path, method = 'GET', headers = {}, body }: Ask): Buffer {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: accord.example',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${String(Buffer.byteLength(body))}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

/** A connection to a server, kept open, on which one request at a time is asked. It costs the load little. */
export class Connection {
  private readonly reader = new AnswerReader();
  private waiting: { take: (answer: Answer) => void; fail: (error: Error) => void } | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setTimeout(LONGEST_SILENCE, () => socket.destroy(new Error('Nothing came for long.')));
    socket.on('data', (chunk: Buffer) => {
      this.receive(chunk);
    });
    socket.on('error', (error) => {
      this.fail(error);
    });
    socket.on('close', () => {
      this.fail(new Error('The server closed the connection before it answered.'));
    });
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  get isOpen(): boolean {
    return this.socket.writable;
  }

  /** Sends a request; one of the two is called, once. */
  send(request: Buffer, take: (answer: Answer) => void, fail: (error: Error) => void): void {
    if (this.waiting) throw new Error('The last request is not answered yet.');
    if (!this.isOpen) {
      fail(new Error('The connection was closed before.'));
      return;
    }
    this.waiting = { take, fail };
    this.socket.write(request);
  }

  /** Sends a request and waits for its answer. */
  ask(request: Buffer): Promise<Answer> {
    return new Promise((done, fail) => {
      this.send(request, done, fail);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    let answer: Answer | undefined;
    try {
      answer = this.reader.push(chunk);
    } catch (error) {
      // Nobody could tell what belongs to which request from here on.
      this.socket.destroy(error as Error);
      return;
    }
    if (!answer) return;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.take(answer);
  }

  private fail(error: Error): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.fail(error);
  }
}

/** A client that opens another connection when the server has closed the last one between two requests, as clients do. */
export class Client {
  private constructor(
    private readonly url: string,
    private connection: Connection,
  ) {}

  static async open(url: string): Promise<Client> {
    return new Client(url, await Connection.open(url));
  }

  static on(url: string, connection: Connection): Client {
    return new Client(url, connection);
  }

  async ask(request: Buffer): Promise<Answer> {
    if (!this.connection.isOpen) this.connection = await Connection.open(this.url);
    return this.connection.ask(request);
  }

  close(): void {
    this.connection.close();
  }
}

/** So many connections to a server, a few at a time: a server takes only so many newcomers at once. */
export async function openConnections(url: string, count: number): Promise<Connection[]> {
  const AT_ONCE = 100;
  const opened: Connection[] = [];
  while (opened.length < count) {
    const next = Math.min(AT_ONCE, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: next }, () => Connection.open(url)))));
  }
  return opened;
}

/** Asks once, on a connection of its own. */
export async function askOnce(url: string, ask: Ask): Promise<Answer> {
  const connection = await Connection.open(url);
  try {
    return await connection.ask(requestBytes(ask));
  } finally {
    connection.close();
  }
}
