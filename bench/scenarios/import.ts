import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyRecords } from '../load/copy.db.js';
import type { Accord } from '../servers/server.js';
import type { Stage } from '../stage.js';
import type { Finding, Findings, Scenario } from './scenario.js';

/** As in a parliament, and so many times as many for the memory. */
const PEOPLE = 3_000;
const TIMES = 100;
const SMALL = 350;

/** The import of a file of Popolo, against a COPY of the records that it makes. */
export async function openImport(stage: Stage): Promise<readonly Scenario[]> {
  const databaseUrl = await stage.database('import');
  const copyUrl = await stage.database('import_copied');
  const accord = await stage.accord(databaseUrl);
  return [new Import(stage, { accord, databaseUrl, copyUrl })];
}

interface Sides {
  readonly accord: Accord;
  readonly databaseUrl: string;
  readonly copyUrl: string;
}

class Import implements Scenario {
  private readonly ratios: number[] = [];
  private readonly growths: number[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly sides: Sides,
  ) {}

  async warmUp(): Promise<void> {
    await this.import('warm-up', SMALL);
  }

  async round(number: number): Promise<void> {
    const { databaseUrl, copyUrl } = this.sides;
    const scheme = `round-${String(number)}`;
    const seconds = await this.import(scheme, PEOPLE);
    const copied = await copyRecords(databaseUrl, copyUrl, scheme);
    this.ratios.push(copied.seconds / seconds);
    if (number === 1) this.growths.push(await this.grow());
  }

  conclude(): Promise<Findings> {
    const findings: Finding[] = [
      {
        what: 'import of Popolo',
        measure: 'rate, of a COPY of the same records',
        target: { is: 'at least', value: 0.3, unit: '' },
        values: this.ratios,
      },
      {
        what: `import of Popolo, ${String(TIMES)} times as large`,
        measure: 'growth of the process',
        target: { is: 'at most', value: 96 * 1_024, unit: 'kB' },
        values: this.growths,
      },
    ];
    return Promise.resolve({ findings, sides: [], skipped: [] });
  }

  /** How much more the process holds at most while it imports a large file than after a small one, in kB. */
  private async grow(): Promise<number> {
    const { accord } = this.sides;
    await this.import('small', SMALL);
    const before = await accord.memory();
    const people = this.stage.options.quick ? SMALL * 10 : SMALL * TIMES;
    let [isOver, most] = [false, before];
    const importing = this.import('large', people).finally(() => (isOver = true));
    while (!isOver) {
      most = Math.max(most, await accord.memory());
      await sleep(250);
    }
    await importing;
    return (most - before) / 1_024;
  }

  /** Imports so many people and waits until they are there; how long that took, in seconds. */
  private async import(scheme: string, people: number): Promise<number> {
    const { accord } = this.sides;
    const headers = { authorization: `Bearer ${this.stage.adminKey}` };
    const begin = performance.now();
    const sent = await fetch(
      `${accord.url}/v1/imports?format=popolo&scheme=${scheme}&title=${scheme}`,
      {
        method: 'POST',
        headers,
        body: Readable.toWeb(Readable.from(fileOf(scheme, people))),
        duplex: 'half',
      },
    );
    if (sent.status !== 202) throw new Error(await sent.text());
    for (;;) {
      const answer = await fetch(`${accord.url}${sent.headers.get('location') ?? ''}`, { headers });
      const { state } = (await answer.json()) as { readonly state: string };
      if (state === 'done') return (performance.now() - begin) / 1_000;
      if (state === 'refused' || state === 'failed') throw new Error(`the import ${state}`);
      await sleep(10);
    }
  }
}

/** A file of Popolo, piece by piece. */
function* fileOf(scheme: string, people: number): Generator<string, undefined> {
  yield '{"organizations":[';
  for (let at = 0; at < 20; at += 1)
    yield `${at > 0 ? ',' : ''}${JSON.stringify({ id: `o${String(at)}`, name: `Party ${scheme} ${String(at)}`, classification: 'party' })}`;
  yield '],"persons":[';
  for (let at = 0; at < people; at += 1)
    yield `${at > 0 ? ',\n' : ''}${JSON.stringify(person(scheme, at))}`;
  yield '],"memberships":[';
  for (let at = 0; at < people; at += 1)
    yield `${at > 0 ? ',' : ''}{"person_id":"p${String(at)}","organization_id":"o${String(at % 20)}","role":"member"}`;
  yield ']}';
}

function person(scheme: string, at: number): object {
  const name = `Person ${scheme} ${String(at)}`;
  return {
    id: `p${String(at)}`,
    name,
    gender: 'female',
    birth_date: String(1930 + (at % 70)),
    other_names: ['en', 'fr', 'ur'].map((lang) => ({ lang, name: `${name} ${lang}` })),
    identifiers: [{ scheme: 'wikidata', identifier: `Q-${scheme}-${String(at)}` }],
    links: [{ url: `https://example.org/${scheme}/${String(at)}`, note: 'Wikipedia' }],
    image: `https://example.org/${String(at)}.jpg`,
  };
}
