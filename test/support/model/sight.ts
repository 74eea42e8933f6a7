/** What readers may see of what is recorded now, by the rule as the documents have it. Nothing of the service's takes part but its feed. */
import type { RecordType } from '../../../src/domain/vocabulary.js';
import { endOf } from '../../../src/domain/dates.js';
import type { Fields } from '../factories.js';
import { Follower } from '../feed.js';
import { REQUIRED } from '../leak/oracle.js';
import type { Instance } from './instances.js';

/** What readers may find in an answer. */
export interface Sight {
  readonly words: ReadonlySet<string>;
  /** The ids of what is not there for them. */
  readonly hidden: ReadonlySet<string>;
}

interface Known {
  readonly type: RecordType;
  readonly body: Fields;
  /** Of a retracted record, whether readers had it until then; null while it lives. */
  readonly wasShown: boolean | null;
}

const WORD =
  /\b(?:mergers|factions|people|stances|milestones|transitions|meetings|motions|votes|mandates|sources|citations)[ -]\d+\b/g;

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The words that records are told with, and no others, as {@link World} draws them. */
export function wordsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(WORD)?.map((word) => word.replace('-', ' ')));
}

export function idsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(ID));
}

/** Somebody who follows the feed as an editor and knows what is recorded. */
export class Chronicle {
  private readonly records = new Map<string, Known>();
  private last: ReadonlySet<string> = new Set();
  private readonly follower: Follower;

  constructor(private readonly fresh: Instance) {
    this.follower = new Follower(fresh.accord, 'editor');
  }

  /** What readers may see at an instant, milliseconds since 1970 UTC, once all that was committed is looked at. */
  async sightAt(instant: number): Promise<Sight> {
    const changed = await this.follower.catchUp();
    const places = new Map(
      changed.map(({ recordId, recordType }) => [recordId, recordType as RecordType]),
    );
    await Promise.all([...places].map(([id, type]) => this.look(type, id)));
    const shown = new Set([...this.records.keys()].filter((id) => this.isShown(id, instant)));
    const hidden = new Set([...this.records.keys()].filter((id) => !shown.has(id)));
    const bodies = [...shown].map((id) => this.records.get(id)?.body);
    this.last = shown;
    return { hidden, words: wordsIn(JSON.stringify(bodies)) };
  }

  private async look(type: RecordType, id: string): Promise<void> {
    const { accord } = this.fresh;
    const answer = await accord.send('GET', `/v1/${type}/${id}`, {}, 'editor');
    const known = this.records.get(id);
    if (answer.status === 200) this.records.set(id, { type, body: answer.body, wasShown: null });
    else if (answer.status === 404) this.records.delete(id);
    else if (known?.wasShown === null)
      this.records.set(id, { ...known, wasShown: this.last.has(id) });
  }

  private isShown(id: string, instant: number): boolean {
    const known = this.records.get(id);
    if (known === undefined) return false;
    const { type, body, wasShown } = known;
    const until = body['embargoUntil'];
    if (wasShown === false || body['visibility'] === 'draft' || body['confidential'] === true)
      return false;
    if (typeof until === 'string' && endOf(until) > instant) return false;
    const required = REQUIRED[type].flatMap((name) => [body[name]].flat());
    return required.every((each) => typeof each !== 'string' || this.isShown(each, instant));
  }
}
