import { answered, entriesOf, type Page, Refusal } from '../../client/answers.js';
import type { AccordClient, Schemas } from '../../client/client.js';
import { type Progress, showProgress } from '../progress.js';
import { type Check, checked } from './check.js';

/** What is known of a record: the version that is told last, and whether it is live. */
interface Known {
  readonly version: number | null;
  readonly isLive: boolean;
}

/** How often two that do not agree are looked at again: somebody may be writing. */
const LOOKS = 3;

/** Of how many records the body is held against the ledger's. */
const SAMPLE = 100;

/** What an entry of a list has, of whatever kind. */
interface Listed {
  readonly id: string;
  readonly version: number;
}

/**
 * Whether the lists and the feed agree, as the service tells them: every record that is listed is at the version that the
 * feed told last, and every record that the feed has not told away is listed. Of some the body is held against that of the
 * last revision.
 */
export async function checkLedgerOverApi(client: AccordClient): Promise<Check> {
  const progress = showProgress('ledger', null, 'rows');
  try {
    const listed = await readLists(client, progress);
    const feed = new Feed(client);
    await feed.readOn(progress);
    const findings: string[] = [];
    for (const name of new Set([...listed.keys(), ...feed.known.keys()])) {
      const seen = listed.get(name);
      const here = seen === undefined ? GONE : { version: seen.version, isLive: true };
      if (!agree(here, feed.known.get(name) ?? GONE)) {
        findings.push(...(await lookAgain(client, feed, name)));
      }
    }
    findings.push(...(await compareSample(client, [...listed])));
    const detail = `${String(listed.size)} records in the lists against ${String(feed.entries)} entries of the feed, over the API`;
    return checked('ledger', detail, findings);
  } finally {
    progress.end();
  }
}

const GONE: Known = { version: null, isLive: false };

/** Of what is gone the version is nowhere to be read but in the feed. */
function agree(here: Known, told: Known): boolean {
  return here.isLive === told.isLive && (!here.isLive || here.version === told.version);
}

async function readLists(client: AccordClient, progress: Progress): Promise<Map<string, Listed>> {
  const { resources } = await answered(client.GET('/v1'));
  const listed = new Map<string, Listed>();
  const isNested = ({ href }: { readonly href: string }): boolean => href.includes('{id}');
  for (const { name, href } of [
    ...resources.filter((resource) => !isNested(resource)),
    ...resources.filter(isNested),
  ]) {
    const [, parent = ''] = href.split('/').slice(1);
    const parents = href.includes('{id}')
      ? [...listed.keys()].filter((each) => each.startsWith(`${parent}/`)).map(idOf)
      : [''];
    for (const id of parents) {
      for await (const record of entriesOf((cursor) => readList(client, { href, id, cursor }))) {
        listed.set(`${name}/${record.id}`, record);
        progress.reach(listed.size);
      }
    }
  }
  return listed;
}

/** A list at an address that the service itself has named. */
function readList(
  client: AccordClient,
  {
    href,
    id,
    cursor,
  }: { readonly href: string; readonly id: string; readonly cursor: string | undefined },
): Promise<Page<Listed>> {
  const query = { limit: 100, ...(cursor !== undefined && { cursor }) };
  return answered(
    client.GET(href as '/v1/meetings/{id}/attendance', { params: { path: { id }, query } }),
  );
}

function idOf(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** What the feed has told so far. */
class Feed {
  readonly known = new Map<string, Known>();
  entries = 0;
  private after: string | undefined;

  constructor(private readonly client: AccordClient) {}

  /** Reads to its end. */
  async readOn(progress?: Progress): Promise<void> {
    for (;;) {
      const query = { limit: 100, ...(this.after !== undefined && { after: this.after }) };
      const { data, page } = await answered(this.client.GET('/v1/changes', { params: { query } }));
      for (const change of data) this.take(change);
      progress?.reach(this.entries);
      this.after = page.next;
      if (data.length === 0) return;
    }
  }

  private take({ recordType, recordId, version, operation }: Schemas['Change']): void {
    this.entries += 1;
    // It tells of a version that was told of before.
    if (operation === 'published') return;
    const isLive = operation !== 'retract' && operation !== 'purged';
    this.known.set(`${recordType}/${recordId}`, { version, isLive });
  }
}

/** What is wrong with a record, if it still is when it is looked at by itself. */
async function lookAgain(
  client: AccordClient,
  feed: Feed,
  name: string,
): Promise<readonly string[]> {
  let here = GONE;
  for (let look = 0; look < LOOKS; look += 1) {
    here = await readOne(client, name);
    await feed.readOn();
    if (agree(here, feed.known.get(name) ?? GONE)) return [];
  }
  const told = feed.known.get(name);
  return [
    `${name} is ${inWords(here)}, and the feed tells of ${told === undefined ? 'nothing' : `one ${inWords(told)}`}`,
  ];
}

async function readOne(client: AccordClient, name: string): Promise<Known> {
  const path = `/v1/${name.slice(0, name.indexOf('/'))}/{id}` as '/v1/people/{id}';
  try {
    const { version } = await answered(client.GET(path, { params: { path: { id: idOf(name) } } }));
    return { version, isLive: true };
  } catch (error) {
    if (error instanceof Refusal && [404, 410].includes(error.status)) return GONE;
    throw error;
  }
}

function inWords({ version, isLive }: Known): string {
  return isLive ? `live at version ${String(version)}` : 'gone';
}

/** Evenly over all records. One that has changed in the meantime is not compared. */
async function compareSample(
  client: AccordClient,
  listed: readonly (readonly [string, Listed])[],
): Promise<readonly string[]> {
  const step = Math.max(1, Math.ceil(listed.length / SAMPLE));
  const findings: string[] = [];
  for (const [name, record] of listed.filter((_, at) => at % step === 0)) {
    const path =
      `/v1/${name.slice(0, name.indexOf('/'))}/{id}/revisions` as '/v1/people/{id}/revisions';
    const params = { path: { id: record.id }, query: { limit: 1 } };
    const { data } = await answered(client.GET(path, { params }));
    const after = data[0]?.version === record.version ? data[0].after : undefined;
    const fields = after == null ? [] : differing(record, after);
    if (fields.length > 0)
      findings.push(`${name} differs from its last revision in ${fields.join(', ')}`);
  }
  return findings;
}

function differing(record: object, after: object): readonly string[] {
  const there = new Map<string, unknown>(Object.entries(after));
  return Object.entries(record)
    .filter(
      ([field, value]) =>
        there.has(field) && JSON.stringify(there.get(field)) !== JSON.stringify(value),
    )
    .map(([field]) => field);
}
