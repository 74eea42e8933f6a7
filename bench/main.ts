/**
 * `npm run bench`: how fast Accord is, as ratios to bare servers, against targets, into docs/performance.md. With `--quick` one short round,
 * with `--only=` some of it; these write nothing.
 */
import { FULL, QUICK, readOptions } from './options.js';
import { presentReport, writeReport } from './report.js';
import { openExport } from './scenarios/export.js';
import { openFirstRead } from './scenarios/first.read.js';
import { openImport } from './scenarios/import.js';
import { openPollers } from './scenarios/polling.js';
import { openPages, openRecords } from './scenarios/records.js';
import type { Findings, Scenario } from './scenarios/scenario.js';
import { openSize } from './scenarios/size.js';
import { openStatus } from './scenarios/status.js';
import { openStream } from './scenarios/stream.js';
import { openVote } from './scenarios/vote.js';
import { chooseCores, pinLoad, type Cores } from './servers/cores.js';
import type { Server } from './servers/server.js';
import { Stage } from './stage.js';

/** What can be measured by itself, in the order of the report. */
const CHAPTERS: Readonly<Record<string, (stage: Stage) => Promise<readonly Scenario[]>>> = {
  status: openStatus,
  size: openSize,
  'first-read': openFirstRead,
  records: openRecords,
  pages: openPages,
  vote: openVote,
  pollers: openPollers,
  stream: openStream,
  export: openExport,
  import: openImport,
};

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), Object.keys(CHAPTERS));
  const cores = chooseCores();
  const stage = new Stage(options, options.quick ? QUICK : FULL, cores);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stage.stop());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(1)));
  }
  try {
    const found = await measure(stage, cores);
    const circumstances = { plan: stage.plan, cores, postgres: stage.postgresVersion };
    const report = await presentReport(found, circumstances);
    console.log(`\n${report}`);
    if (!options.quick && options.only === null) await writeReport(report, found);
  } finally {
    await stop();
  }
}

/** A scenario, while it has not failed. */
interface Running {
  readonly chapter: string;
  readonly scenario: Scenario;
  readonly servers: readonly Server[];
}

/** Opens all, then measures all of it in each round. What fails is left out from then on, and said. */
async function measure(stage: Stage, cores: Cores): Promise<Findings> {
  const skipped: string[] = [];
  let running = await openAll(stage);
  const eachDoes = async (work: (scenario: Scenario) => Promise<void>): Promise<void> => {
    const sound: Running[] = [];
    for (const each of running) {
      try {
        // The others share the core with them, and what is in its caches.
        for (const server of each.servers) server.resume();
        await work(each.scenario);
        for (const server of each.servers) server.pause();
        sound.push(each);
      } catch (error) {
        // One that fails does not take the minutes of the others with it; the bench ends with a failure all the same.
        console.error(error);
        skipped.push(
          `part of ${each.chapter}, which failed: ${String(error).split('\n')[0] ?? ''}`,
        );
        process.exitCode = 1;
      }
    }
    running = sound;
  };
  // Not before: what this process starts runs where it runs.
  pinLoad(cores);
  await eachDoes((scenario) => scenario.warmUp());
  for (let number = 1; number <= stage.plan.rounds; number += 1) {
    await eachDoes((scenario) => scenario.round(number));
    console.log(`round ${String(number)} of ${String(stage.plan.rounds)}`);
  }
  const found: Findings[] = [];
  await eachDoes(async (scenario) => void found.push(await scenario.conclude()));
  return {
    findings: found.flatMap(({ findings }) => findings),
    sides: found.flatMap(({ sides }) => sides),
    skipped: [...skipped, ...found.flatMap((each) => each.skipped)],
  };
}

async function openAll(stage: Stage): Promise<Running[]> {
  const running: Running[] = [];
  for (const [chapter, open] of Object.entries(CHAPTERS)) {
    if (stage.options.only?.includes(chapter) === false) continue;
    console.log(`opening ${chapter}`);
    const scenarios = await open(stage);
    const servers = stage.takeUsed();
    running.push(...scenarios.map((scenario) => ({ chapter, scenario, servers })));
  }
  for (const { servers } of running) for (const server of servers) server.pause();
  return running;
}

await main();
