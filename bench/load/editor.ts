import { headerOf } from './answers.js';
import type { Api } from './api.js';
import { Client, requestBytes } from './connection.js';

/** An edit that was acknowledged. */
export interface Edit {
  /** The editor's place among the editors. */
  readonly editor: number;
  /** From 1, of this editor. */
  readonly number: number;
  /** When the acknowledgement came, in milliseconds of `performance.now()`. */
  readonly at: number;
}

interface Contribution {
  readonly milestoneId: string;
}

/** Edits the title of a milestone again and again: which edit a status shows can be read in it. */
export class Editor {
  private number = 0;

  private constructor(
    private readonly client: Client,
    private readonly place: number,
    private readonly target: { readonly id: string; readonly key: string; tag: string },
  ) {}

  /** So many editors, each of a milestone that counts in the merger's progress. */
  static async ofMerger(api: Api, merger: string, count: number): Promise<readonly Editor[]> {
    const { progress } = await api.ask<{
      readonly progress: { readonly contributions: readonly Contribution[] };
    }>(`mergers/${merger}/status`);
    const milestones = progress.contributions.slice(0, count);
    if (milestones.length < count) throw new Error(`${merger} has too few milestones.`);
    return Promise.all(
      milestones.map(async ({ milestoneId: id }, place) => {
        const client = await Client.open(api.url);
        const path = `/v1/milestones/${id}`;
        // With the key: a reader's tag is another one.
        const headers = { Authorization: `Bearer ${api.key}` };
        const answer = await client.ask(requestBytes({ path, headers }));
        return new Editor(client, place, { id, key: api.key, tag: tagOf(answer) });
      }),
    );
  }

  /** @throws Error when it is not answered with success */
  async edit(): Promise<Edit> {
    const { id, key, tag } = this.target;
    const number = this.number + 1;
    const answer = await this.client.ask(
      requestBytes({
        path: `/v1/milestones/${id}`,
        method: 'PATCH',
        headers: {
          'Content-Type': 'application/merge-patch+json',
          Authorization: `Bearer ${key}`,
          'If-Match': tag,
        },
        body: JSON.stringify({ title: `Edit ${String(this.place)}.${String(number)}` }),
      }),
    );
    const at = performance.now();
    if (answer.status !== 200)
      throw new Error(`An edit was answered ${String(answer.status)}: ${answer.body.toString()}`);
    this.target.tag = tagOf(answer);
    this.number = number;
    return { editor: this.place, number, at };
  }
}

/** Which edit of each editor a status shows: by the editor's place. */
export function editsIn(body: string): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const [, editor, number] of body.matchAll(/"Edit (\d+)\.(\d+)"/g)) {
    found.set(Number(editor), Number(number));
  }
  return found;
}

function tagOf(answer: Parameters<typeof headerOf>[0]): string {
  const tag = headerOf(answer, 'etag');
  if (tag === undefined) throw new Error(`There is no tag: ${answer.head}`);
  return tag;
}
