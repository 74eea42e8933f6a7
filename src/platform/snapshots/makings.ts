import type { IncomingMessage, ServerResponse } from 'node:http';

/** The answers that are being made, so that whoever asks for the same waits instead of making it once more. */
export class Makings {
  private readonly byAddress = new Map<string, Promise<undefined>>();
  private readonly ends = new WeakMap<IncomingMessage, () => void>();

  /** Over when the answer at an address is made, or will not be; undefined when nobody is making it. */
  at(address: string): Promise<undefined> | undefined {
    return this.byAddress.get(address);
  }

  /** Begins one, which is over at the latest when the response is. */
  begin(address: string, request: IncomingMessage, response: ServerResponse): void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.byAddress.set(address, promise);
    const end = (): void => {
      if (this.byAddress.get(address) === promise) this.byAddress.delete(address);
      resolve(undefined);
    };
    this.ends.set(request, end);
    response.once('close', end);
  }

  /** The answer to a request is made, or is none that is kept. */
  end(request: IncomingMessage): void {
    this.ends.get(request)?.();
  }
}
