/** A way to a database that may stop carrying anything, as a firewall does that drops packets: nobody is told. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Carries what is sent from one side to the other. */
export class Proxy {
  /** The address of the database through this. */
  readonly url: string;
  private readonly sockets = new Set<Socket>();
  private isDropping = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    const through = new URL(target);
    through.hostname = '127.0.0.1';
    through.port = String((server.address() as AddressInfo).port);
    this.url = through.href;
    server.on('connection', (client: Socket) => {
      this.carry(client);
    });
  }

  /** Stands before a database, at any free port. */
  static async before(url: string): Promise<Proxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(server, new URL(url));
  }

  /** From now on nothing arrives on either side, of connections old and new, and none is closed. */
  drop(): void {
    this.isDropping = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** From now on everything arrives again, what was sent meanwhile too, as TCP sends it once more. */
  carryAgain(): void {
    this.isDropping = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** From now on nobody gets through, and everybody is told so, as of a server that has stopped. */
  async refuse(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Takes connections again, at the same port. */
  async acceptAgain(): Promise<void> {
    this.server.listen(Number(new URL(this.url).port), '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.refuse();
  }

  private carry(client: Socket): void {
    const server = connect(Number(this.target.port || 5432), this.target.hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => to.write(chunk));
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        // Nor does the other side learn of an end.
        if (!this.isDropping) to.destroy();
      });
      if (this.isDropping) from.pause();
    }
  }
}
