/**
 * Who may see what, by the rule as the documents have it and by nothing but what was told: no query of the service and no
 * table of its keeping has a part in it, except that the ledger says when each version was recorded.
 */
import type { RecordType } from '../../../src/domain/vocabulary.js';
import type { TestApp } from '../app.js';
import type { Fields } from '../factories.js';
import type { Words } from './words.js';
import { AFTER_LIFTING, LIFTING, type Teller, type ToldRecord } from './world.js';

/** What each kind of record requires: it is hidden with any of these. */
export const REQUIRED: Readonly<Record<RecordType, readonly string[]>> = {
  factions: [],
  people: [],
  members: ['personId', 'factionId'],
  mergers: [],
  participants: ['mergerId', 'factionId', 'personId'],
  stances: ['participantId'],
  milestones: ['mergerId'],
  transitions: ['milestoneId'],
  meetings: [],
  attendance: ['meetingId', 'personId'],
  motions: ['mergerId', 'factionId'],
  'vote-events': ['motionId'],
  votes: ['voteEventId', 'personId'],
  mandates: ['mergerId', 'grantorFactionId', 'grantorPersonId', 'holderId'],
  predictions: ['mergerId'],
  successions: ['mergerId', 'predecessorIds', 'successorId'],
  sources: [],
  citations: ['sourceId', 'recordId'],
};

/** A version and when it was recorded, in microseconds since 1970. */
interface Recorded {
  readonly at: bigint;
  readonly body: Fields;
  readonly retracted: boolean;
  readonly reason: string;
}

/** What readers may see at an instant. */
export interface Oracle {
  /** Whether a record is there for readers; of an earlier recording, whether it was there then too. */
  sees(id: string, knownAt?: string): boolean;
  /** The words that readers may find somewhere: all others are secret. */
  readonly words: ReadonlySet<string>;
  /** The ids of the records that are not there for readers. */
  readonly hidden: ReadonlySet<string>;
  /** Whether a record was retracted; of an earlier recording, whether it was by then. */
  isRetracted(id: string, knownAt?: string): boolean;
  /** Whether a record was recorded by then. */
  wasRecorded(id: string, knownAt: string): boolean;
}

/** What readers may see at an instant of what was told. */
export async function oracleAt(
  { accord, records, words }: Teller,
  instant: string,
): Promise<Oracle> {
  const history = new History(records, await recordingTimes(accord, records));
  const now = micros(instant);
  const visible = [...records.keys()].filter((id) => history.isVisible(id, now));
  const hidden = new Set([...records.keys()].filter((id) => !history.isVisible(id, now)));
  const endOf = (knownAt: string): bigint => micros(knownAt) + 999n;
  return {
    hidden,
    words: new Set(visible.flatMap((id) => history.wordsOf(id, now, words))),
    sees: (id, knownAt) =>
      !hidden.has(id) && (knownAt === undefined || history.isVisible(id, endOf(knownAt))),
    isRetracted: (id, knownAt) =>
      history.versionAt(id, knownAt === undefined ? now : endOf(knownAt))?.retracted === true,
    wasRecorded: (id, knownAt) => history.versionAt(id, endOf(knownAt)) !== undefined,
  };
}

class History {
  private readonly versions = new Map<string, readonly Recorded[]>();
  private readonly types = new Map<string, RecordType>();
  private readonly times: readonly bigint[];
  private readonly known = new Map<string, boolean>();

  constructor(records: ReadonlyMap<string, ToldRecord>, times: ReadonlyMap<string, bigint>) {
    for (const { id, type, versions } of records.values()) {
      this.types.set(id, type);
      this.versions.set(
        id,
        versions.map((told) => {
          const at = times.get(`${id} ${String(told.body['version'])}`);
          if (at === undefined) throw new Error(`the ledger lacks a version of ${id}`);
          return { at, ...told };
        }),
      );
    }
    this.times = [...new Set([...times.values(), micros(AFTER_LIFTING)])].sort((one, other) =>
      one < other ? -1 : 1,
    );
  }

  versionAt(id: string, at: bigint): Recorded | undefined {
    return this.versions.get(id)?.findLast((version) => version.at <= at);
  }

  /** Whether readers had the record at an instant: it is not held back, nor was when it was retracted, nor what it requires. */
  isVisible(id: string, at: bigint): boolean {
    const key = `${id} ${String(at)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const version = this.versionAt(id, at);
    const visible =
      version !== undefined &&
      !isHeldBack(version.body, at) &&
      (!version.retracted || this.isVisible(id, version.at - 1n)) &&
      this.requirementsOf(id, version.body).every((each) => this.isVisible(each, at));
    this.known.set(key, visible);
    return visible;
  }

  /** The words of a visible record that readers have: of each version that was there at an instant when it was visible. */
  wordsOf(id: string, now: bigint, words: Words): readonly string[] {
    const versions = this.versions.get(id) ?? [];
    return versions.flatMap((version, index) => {
      const until = versions[index + 1]?.at ?? now + 1n;
      const wasVisible = [...this.times, now].some(
        (at) => at >= version.at && at < until && at <= now && this.isVisible(id, at),
      );
      // What required then what is hidden now is not told either.
      const isToldNow = this.requirementsOf(id, version.body).every((each) =>
        this.isVisible(each, now),
      );
      if (!wasVisible || !isToldNow) return [];
      // Why it was retracted is for everybody, why it was changed is not.
      return [
        ...words.within(JSON.stringify(version.body)),
        ...(version.retracted ? [version.reason] : []),
      ];
    });
  }

  private requirementsOf(id: string, body: Fields): readonly string[] {
    const type = this.types.get(id);
    return (type ? REQUIRED[type] : []).flatMap((name) => {
      const named = body[name];
      return [named].flat().filter((each) => typeof each === 'string');
    });
  }
}

function isHeldBack(body: Fields, at: bigint): boolean {
  if (body['visibility'] === 'draft' || body['confidential'] === true) return true;
  return body['embargoUntil'] === LIFTING && at < micros(AFTER_LIFTING);
}

function micros(instant: string): bigint {
  return BigInt(Date.parse(instant)) * 1000n;
}

/** When each version was recorded, by the record's id and the version. */
async function recordingTimes(
  accord: TestApp,
  records: ReadonlyMap<string, ToldRecord>,
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await accord.database.read<{ id: string; version: number; at: string }>(
    `SELECT revision.record_id::text AS id, revision.version AS version,
       (extract(epoch FROM revision.recorded_at) * 1000000)::bigint::text AS at
     FROM revisions AS revision WHERE revision.record_id = ANY ($1::uuid[])`,
    [[...records.keys()]],
  );
  return new Map(rows.map(({ id, version, at }) => [`${id} ${String(version)}`, BigInt(at)]));
}
