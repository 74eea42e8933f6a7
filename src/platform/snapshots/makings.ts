import type { IncomingMessage, ServerResponse } from 'node:http';

/** The answers that are being made, so that whoever asks for the same waits instead of making it once more. */
export class Makings {
  private readonly byAddress = new Map<string, Promise<boolean>>();
  private readonly ends = new WeakMap<IncomingMessage, (isKept: boolean) => void>();

  /** Over when the answer at an address is made, with whether it is one that is kept; undefined when nobody is making it. */
  at(address: string): Promise<boolean> | undefined {
    return this.byAddress.get(address);
  }

  /** Begins one, which is over at the latest when the response is. */
  begin(address: string, request: IncomingMessage, response: ServerResponse): void {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.byAddress.set(address, promise);
    const end = (isKept: boolean): void => {
      if (this.byAddress.get(address) === promise) this.byAddress.delete(address);
      resolve(isKept);
    };
    this.ends.set(request, end);
    response.once('close', () => {
      end(false);
    });
  }

  /** The answer to a request is made; whether it is one that is kept. */
  end(request: IncomingMessage, isKept: boolean): void {
    this.ends.get(request)?.(isKept);
  }
}
