import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { STORY } from '../../prisma/story/story.js';
import type { Api, Page } from '../load/api.js';
import { Editor } from '../load/editor.js';
import { editSteadily } from '../load/staleness.js';
import { StreamClient, type StreamEvent } from '../load/stream.client.js';
import type { Accord } from '../servers/server.js';
import type { Stage } from '../stage.js';
import type { Findings, Scenario } from './scenario.js';

const CLIENTS = 2_000;
const AT_ONCE = 100;
const CHANGES_A_SECOND = 5;
const WHAT = '2,000 stream clients, 5 changes a second';

/** How long the last events may take to reach everybody. */
const PATIENCE_MS = 10_000;

/** Two thousand clients of the stream of one instance: what each of them sees, and what they cost in memory. */
export async function openStream(stage: Stage): Promise<readonly Scenario[]> {
  const accord = await stage.accord(await stage.database('stream'), true);
  const editors = await Editor.ofMerger(stage.api(accord), STORY, 1);
  return [new Streaming(stage, accord, editors)];
}

/** What has arrived at one client. */
interface Received {
  readonly events: StreamEvent[];
}

class Streaming implements Scenario {
  private readonly found: Findings[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly accord: Accord,
    private readonly editors: readonly Editor[],
  ) {}

  /** Nothing is edited before the clients are there: the first of them could still be told of it. */
  warmUp(): Promise<void> {
    return Promise.resolve();
  }

  /** Once only: a process that has served so many does not give all their memory back, so a second round would find less. */
  async round(number: number): Promise<void> {
    if (number === 1) this.found.push(await this.measure());
  }

  conclude(): Promise<Findings> {
    const [found] = this.found;
    if (!found) throw new Error('No round was made.');
    return Promise.resolve(found);
  }

  private async measure(): Promise<Findings> {
    // What the first clients have the process load and compile is no matter of how many there are.
    await this.serve(AT_ONCE);
    const before = await this.accord.memory();
    const served = await this.serve(CLIENTS);
    if (served === null) {
      const skipped = [`${WHAT}: GET /v1/stream answers 404`];
      return { findings: [], sides: [], skipped };
    }
    return {
      findings: [
        {
          what: WHAT,
          measure: 'clients that missed a change, or saw it twice or out of order',
          target: { is: 'at most', value: 0, unit: '' },
          values: [served.wrong],
        },
        {
          what: WHAT,
          measure: 'memory per client',
          target: { is: 'at most', value: 40, unit: 'kB' },
          values: [(served.memory - before) / CLIENTS / 1000],
        },
      ],
      sides: [],
      skipped: [],
    };
  }

  /** So many clients, who are told of edits: how many of them were told otherwise, and the memory of the process with them. */
  private async serve(count: number): Promise<{ wrong: number; memory: number } | null> {
    const api = this.stage.api(this.accord);
    const from = (await api.ask<Page<unknown>>('changes?view=public&after=latest')).page.next;
    const received: Received[] = Array.from({ length: count }, () => ({ events: [] }));
    const clients = await this.connect(received);
    if (clients === null) return null;
    const refused = await this.edit();
    const feed = await feedAfter(api, from ?? '');
    await untilAll(received, feed.length);
    const memory = await this.accord.memory();
    const wrong = received.filter(({ events }) => !isFeed(events, feed)).length;
    for (const client of clients) client.close();
    if (refused.length > 0) throw new Error(`Edits were refused: ${refused.join('; ')}`);
    return { wrong, memory };
  }

  /** Null when there is no stream. */
  private async connect(received: readonly Received[]): Promise<readonly StreamClient[] | null> {
    const clients: StreamClient[] = [];
    for (let from = 0; from < received.length; from += AT_ONCE) {
      const opened = await Promise.all(
        received
          .slice(from, from + AT_ONCE)
          .map(({ events }) =>
            StreamClient.open(`${this.accord.url}/v1/stream`, (event) => events.push(event)),
          ),
      );
      const some = opened.filter((client) => client !== undefined);
      if (some.length < opened.length) return null;
      clients.push(...some);
    }
    return clients;
  }

  /** Returns why edits were not acknowledged. */
  private async edit(): Promise<readonly string[]> {
    const over = AbortSignal.timeout(this.stage.plan.streamSeconds * 1000);
    return (await editSteadily(this.editors, CHANGES_A_SECOND, over)).failures;
  }
}

/** What a change is told by, in the feed and in the stream. */
interface Change {
  readonly recordType: string;
  readonly recordId: string;
  readonly version: number;
}

/** All changes of the public's feed after a cursor. */
async function feedAfter(api: Api, from: string): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (let after = from; ;) {
    const path = `changes?view=public&limit=100&after=${encodeURIComponent(after)}`;
    const { data, page } = await api.ask<Page<Change>>(path);
    if (data.length === 0) return changes;
    changes.push(...data);
    after = page.next ?? '';
  }
}

async function untilAll(received: readonly Received[], count: number): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (received.some(({ events }) => events.length < count) && performance.now() < until) {
    await sleep(50);
  }
}

function isFeed(events: readonly StreamEvent[], feed: readonly Change[]): boolean {
  const told = events.map(({ data }) => JSON.parse(data) as Change);
  return isDeepStrictEqual(told.map(essence), feed.map(essence));
}

function essence({ recordType, recordId, version }: Change): string {
  return `${recordType} ${recordId} ${String(version)}`;
}
