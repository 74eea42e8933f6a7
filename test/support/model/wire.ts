/** Requests as they are, byte for byte: no header of their own, no decoding. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http';

/** What was heard. */
export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What is sent beside the method and the path. */
export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** After so many milliseconds of silence it is given up. */
  readonly patience?: number;
}

/** Somebody with open connections. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  /** @throws Error when the connection breaks */
  send(
    url: string,
    method: string,
    { headers = {}, body, patience }: Sending = {},
  ): Promise<Heard> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = {
      ...headers,
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
    };
    return new Promise((done, fail) => {
      const asked = request(url, { method, headers: sent, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          const { statusCode: status = 0, headers: heard } = response;
          done({ status, headers: heard, body: Buffer.concat(chunks) });
        });
      });
      if (patience !== undefined) {
        asked.setTimeout(patience, () => asked.destroy(new Error(`${url}: nothing was heard`)));
      }
      asked.on('error', fail);
      asked.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
