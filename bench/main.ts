/**
 * `npm run bench`: how fast Accord is, as ratios to a bare server, into docs/performance.md. With `--quick` one short round,
 * which writes nothing.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { STORY } from '../prisma/story/story.js';
import { startEmbeddedPostgres } from '../src/platform/postgres/embedded.js';
import { applyMigrations } from '../src/platform/postgres/migrate.js';
import type { AccordSetup } from './accord.server.js';
import type { BareSetup } from './bare.server.js';
import { startServer, type Server } from './child.js';
import { countVotes, settle } from './dataset.db.js';
import { makeDataset, type Create, type Dataset } from './dataset.js';
import { measure, type Measured, type Plan } from './measure.js';
import { presentReport, writeReport } from './report.js';
import { scenarios, SIDES } from './scenarios.js';
import { catchStatements } from './statements.js';
import { summarize } from './summary.js';

const FULL: Plan = { rounds: 7, seconds: 3, warmUpSeconds: 1 };
const QUICK: Plan = { rounds: 1, seconds: 1, warmUpSeconds: 0.25 };

type Stops = (() => Promise<void>)[];

async function main(): Promise<void> {
  const quick = process.argv.includes('--quick');
  const stops: Stops = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopAll(stops));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(1)));
  }
  try {
    const report = await bench(quick ? QUICK : FULL, stops);
    console.log(`\n${report}`);
    if (!quick) await writeReport(report);
  } finally {
    await stop();
  }
}

async function bench(plan: Plan, stops: Stops): Promise<string> {
  // On the disk where a service keeps its data: a folder for temporary files may lie in memory, where nothing is durable.
  const dataDir = join('data', `bench-${String(process.pid)}`);
  const database = await startEmbeddedPostgres({ dataDir, durable: true });
  stops.push(() => database.destroy());
  const databaseUrl = database.url;
  await applyMigrations(databaseUrl);
  const adminKey = randomUUID();
  const accord = await startServer('accord.server.js', {
    databaseUrl,
    adminKey,
  } satisfies AccordSetup);
  stops.push(() => accord.stop());
  const api = client(accord, adminKey);
  const dataset = await makeDataset(databaseUrl, api.create);
  const bare = await startServer('bare.server.js', {
    databaseUrl,
    keyId: await api.keyId(),
    statements: await catchStatements(dataset.people[0] ?? '', STORY),
  } satisfies BareSetup);
  stops.push(() => bare.stop());
  const postgres = await settle(databaseUrl);
  const measured = await measure(scenarios(dataset, adminKey), { accord, bare }, plan);
  await requireStored(databaseUrl, dataset, measured);
  return presentReport(measured.map(summarize), { plan, postgres });
}

/** What was acknowledged is stored, once, with its revision, and nothing else is. */
async function requireStored(
  databaseUrl: string,
  { voteEvents }: Dataset,
  measured: readonly Measured[],
): Promise<void> {
  for (const side of SIDES) {
    const acknowledged = measured.at(-1)?.answered[side];
    const { stored, revisions } = await countVotes(databaseUrl, voteEvents[side]);
    const counts = `${side}: ${String(acknowledged)} votes acknowledged, ${String(stored)} stored, ${String(revisions)} revisions`;
    if (stored !== acknowledged || revisions !== acknowledged) throw new Error(counts);
    console.log(counts);
  }
}

function client({ url }: Server, key: string): { create: Create; keyId: () => Promise<string> } {
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    create: async (path, body) => {
      const { id } = (await ask(path, {
        method: 'POST',
        body: JSON.stringify(body),
      })) as Identified;
      return id;
    },
    keyId: async () => {
      const { data } = (await ask('keys', {})) as { readonly data: readonly Identified[] };
      return data[0]?.id ?? '';
    },
  };
}

interface Identified {
  readonly id: string;
}

async function stopAll(stops: Stops): Promise<void> {
  for (const stop of stops.toReversed()) await stop();
}

await main();
