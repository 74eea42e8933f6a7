import { Agent, get, type ClientRequest, type IncomingMessage } from 'node:http';

/** An event of a stream. */
export interface StreamEvent {
  readonly id: string;
  readonly data: string;
}

/** A client of a stream of server-sent events. Comments, and events without data, it passes over. */
export class StreamClient {
  private text = '';

  private constructor(
    private readonly request: ClientRequest,
    /** Why the stream ended unasked; null while it goes on. */
    public ended: string | null = null,
  ) {}

  /**
   * Opens a stream, and calls `take` for each event.
   *
   * @returns undefined when there is no such address
   * @throws Error when it is refused otherwise
   */
  static async open(
    url: string,
    take: (event: StreamEvent) => void,
  ): Promise<StreamClient | undefined> {
    const agent = new Agent({ keepAlive: false });
    const request = get(url, { agent, headers: { accept: 'text/event-stream' } });
    const answer = await new Promise<IncomingMessage>((done, fail) => {
      request.on('response', done).on('error', fail);
    });
    if (answer.statusCode === 404) {
      request.destroy();
      return undefined;
    }
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${String(answer.statusCode)}`);
    const client = new StreamClient(request);
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      client.receive(chunk, take);
    });
    answer.on('error', (error) => (client.ended = String(error)));
    answer.on('end', () => (client.ended = 'the server ended it'));
    return client;
  }

  close(): void {
    this.request.destroy();
  }

  private receive(chunk: string, take: (event: StreamEvent) => void): void {
    const blocks = (this.text + chunk).split(/\r?\n\r?\n/);
    this.text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventIn(block);
      if (event) take(event);
    }
  }
}

/** The event in the lines between two empty ones. */
export function eventIn(block: string): StreamEvent | undefined {
  const values = (name: string): string[] =>
    block
      .split(/\r?\n/)
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  const data = values('data');
  return data.length === 0 ? undefined : { id: values('id').at(-1) ?? '', data: data.join('\n') };
}
