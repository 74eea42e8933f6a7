import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a body has that is looked at here. */
export interface Identified {
  readonly id: string;
}

/** A page of a list. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly page: { readonly next: string | null };
}

/** Asks an Accord what has to be known or there before it is measured, with a key. */
export class Api {
  constructor(
    readonly url: string,
    readonly key: string,
  ) {}

  /** @throws Error when it is not answered with success */
  async ask<Body>(path: string, init: RequestInit = {}): Promise<Body> {
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/v1/${path}`, { ...init, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${String(response.status)}: ${text}`);
    // As its caller declares what it asks for.
    return JSON.parse(text) as Body;
  }

  /** Creates a record; returns its id. */
  async create(path: string, body: object): Promise<string> {
    return (await this.ask<Identified>(path, { method: 'POST', body: JSON.stringify(body) })).id;
  }

  /**
   * Imports a file that is made piece by piece, and waits until its records are there.
   *
   * @param query how it is to be imported: `format=ndjson`
   * @throws Error when it is refused or fails
   */
  async import(query: string, pieces: Iterable<string>): Promise<void> {
    const body = Readable.toWeb(Readable.from(pieces));
    const { id } = await this.ask<Identified>(`imports?${query}`, {
      method: 'POST',
      body,
      duplex: 'half',
    });
    for (;;) {
      const { state } = await this.ask<{ readonly state: string }>(`imports/${id}`);
      if (state === 'done') return;
      if (state === 'refused' || state === 'failed') throw new Error(`the import ${state}`);
      await sleep(10);
    }
  }

  /** The id of the key. */
  async keyId(): Promise<string> {
    const { data } = await this.ask<Page<Identified>>('keys');
    return data[0]?.id ?? '';
  }
}
