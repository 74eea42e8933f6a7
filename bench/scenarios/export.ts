import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyAll } from '../servers/copy.db.js';
import type { Accord } from '../servers/server.js';
import type { Stage } from '../stage.js';
import type { Finding, Findings, Scenario } from './scenario.js';

const WHAT = 'export of all records';

const FORMATS = ['ndjson', 'popolo'] as const;

/** How often the memory is looked at while a file is sent. */
const LOOK_MS = 1_000;

/** The large data set as a file, against a bare `COPY … TO` of the same tables: how fast, and with how much memory. */
export async function openExport(stage: Stage): Promise<readonly Scenario[]> {
  const { databaseUrl, accord } = await stage.largeSet();
  return [new Exporting(accord, databaseUrl)];
}

/** What came of one file. */
interface Sent {
  readonly bytes: number;
  readonly seconds: number;
  /** The most that the process held meanwhile beyond what it held before, in bytes. */
  readonly growth: number;
}

class Exporting implements Scenario {
  private findings: readonly Finding[] = [];

  constructor(
    private readonly accord: Accord,
    private readonly databaseUrl: string,
  ) {}

  /** What is cold is read once, and the process has the memory that a request needs at all. */
  async warmUp(): Promise<void> {
    await this.send('csv&resource=mergers');
  }

  /** Once only: a file is gigabytes. */
  async round(number: number): Promise<void> {
    if (number > 1) return;
    const copied = await copyAll(this.databaseUrl);
    const findings: Finding[] = [];
    for (const format of FORMATS) {
      const { seconds, growth, bytes } = await this.send(format);
      console.log(
        `${format}: ${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s; COPY of ${String(copied.rows)} rows in ${copied.seconds.toFixed(1)} s`,
      );
      findings.push(
        {
          what: `${WHAT}, ${format}`,
          measure: 'time of COPY … TO of the same tables, to its own',
          target: { is: 'at least', value: format === 'ndjson' ? 0.1 : 0.05, unit: '' },
          values: [copied.seconds / seconds],
        },
        {
          what: `${WHAT}, ${format}`,
          measure: 'memory beyond that before',
          target: { is: 'at most', value: 64_000, unit: 'kB' },
          values: [growth / 1000],
        },
      );
    }
    this.findings = findings;
  }

  conclude(): Promise<Findings> {
    return Promise.resolve({ findings: this.findings, sides: [], skipped: [] });
  }

  private async send(format: string): Promise<Sent> {
    const before = await this.accord.memory();
    const begin = performance.now();
    const [over, sent] = [new AbortController(), receive(this.accord, format)];
    const most = this.mostMemory(over.signal);
    const bytes = await sent;
    const seconds = (performance.now() - begin) / 1000;
    over.abort();
    return { bytes, seconds, growth: Math.max(await most, before) - before };
  }

  private async mostMemory(over: AbortSignal): Promise<number> {
    let most = 0;
    while (!over.aborted) {
      most = Math.max(most, await this.accord.memory());
      await sleep(LOOK_MS, undefined, { signal: over }).catch(() => undefined);
    }
    return most;
  }
}

/** Takes a file as a reader and forgets it; returns how many bytes it had. */
function receive({ url }: Accord, format: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request(`${url}/v1/export?format=${format}`, (response) => {
    let bytes = 0;
    response.on('data', (chunk: Buffer) => (bytes += chunk.length));
    response.once('error', reject);
    response.once('end', () => {
      if (response.statusCode === 200) resolve(bytes);
      else reject(new Error(`The export was answered with ${String(response.statusCode)}.`));
    });
  })
    .once('error', reject)
    .end();
  return promise;
}
