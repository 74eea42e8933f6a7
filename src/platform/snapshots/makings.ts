import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Snapshot } from './snapshot.js';

/** What comes of an answer that is being made; undefined when it is none that is kept, or there is none. */
export type Making = Promise<Snapshot | undefined>;

/** The answers that are being made, so that whoever asks for the same waits instead of making it once more. */
export class Makings {
  private readonly byAddress = new Map<string, Making>();
  private readonly ends = new WeakMap<IncomingMessage, (made: Snapshot | undefined) => void>();

  /** What is being made for an address; undefined when nobody makes it. */
  at(address: string): Making | undefined {
    return this.byAddress.get(address);
  }

  /** Begins one, which is over at the latest when the response is. */
  begin(address: string, request: IncomingMessage, response: ServerResponse): void {
    const { promise, resolve } = Promise.withResolvers<Snapshot | undefined>();
    this.byAddress.set(address, promise);
    const end = (made: Snapshot | undefined): void => {
      if (this.byAddress.get(address) === promise) this.byAddress.delete(address);
      resolve(made);
    };
    this.ends.set(request, end);
    response.once('close', () => {
      end(undefined);
    });
  }

  /** The answer to a request is made; undefined when it is none that is kept. */
  end(request: IncomingMessage, made: Snapshot | undefined): void {
    this.ends.get(request)?.(made);
  }
}
