/**
 * `npm run bench:names`: how well `q` finds people by other spellings of their names, and how well likely duplicates are told. Of
 * the project's own lists, and of a Popolo file that is named behind `--` or by ACCORD_BENCH_POPOLO. With `--missed` also what was
 * not found first, and which pairs are wrong; not of the list that is held out. With `--crowd` instead how long a search takes among
 * very many people.
 */
import { settle } from '../dataset/settle.db.js';
import { QUICK } from '../options.js';
import { chooseCores } from '../servers/cores.js';
import { Stage } from '../stage.js';
import { readLists, readPopolo, SCRIPTS, type Corpus } from './corpus.js';
import { CROWD, measureCrowd, recordCrowd } from './crowd.js';
import {
  measurePrecision,
  measureRecall,
  recordPeople,
  type Precision,
  type Recall,
} from './measure.js';

const NO_FILE =
  'The project contains no Popolo file. Give one to measure it too: npm run bench:names -- path/to/file.json';

/** From which scores on the list is judged: from the least that is listed. */
const SCORES = [0.6, 0.7, 0.8];

async function main(): Promise<void> {
  const stage = new Stage({ quick: true, fresh: false, only: null }, QUICK, chooseCores());
  try {
    await (process.argv.includes('--crowd') ? measureAmongMany(stage) : measureAll(stage));
  } finally {
    await stage.stop();
  }
}

async function measureAll(stage: Stage): Promise<void> {
  const given = process.argv.slice(2).filter((each) => !each.startsWith('--'));
  const path = given[0] ?? process.env['ACCORD_BENCH_POPOLO'];
  const corpora = [...(await readLists()), ...(path === undefined ? [] : [await readPopolo(path)])];
  for (const [nth, corpus] of corpora.entries())
    await measure(stage, corpus, `names${String(nth)}`);
  if (path === undefined) console.log(`\n${NO_FILE}`);
}

async function measureAmongMany(stage: Stage): Promise<void> {
  const url = await stage.database('crowd');
  const api = stage.api(await stage.accord(url));
  const people = (await readLists()).flatMap((list) => list.people);
  await recordCrowd(api, people);
  // What Postgres does by itself within a minute.
  await settle(url);
  const paces = await measureCrowd(api, people);
  console.log(`\nAmong ${String(CROWD)} people\n`);
  const rows = paces.map(({ what, asked, times: { median, max } }) => [
    what,
    String(asked),
    `${median.toFixed(0)} ms`,
    `${max.toFixed(0)} ms`,
  ]);
  console.log(table(['What is asked', 'Times', 'Median', 'Most'], rows));
}

async function measure(stage: Stage, corpus: Corpus, database: string): Promise<void> {
  const api = stage.api(await stage.accord(await stage.database(database)));
  const { title, people, isHeldOut } = corpus;
  const ids = await recordPeople(api, people);
  const recalls = await measureRecall(api, corpus, ids);
  const distinct = people.map(({ name }) => ({ name, spellings: [] }));
  const alone = await measurePrecision(api, distinct, ids);
  const twice = await measurePrecision(api, people, ids);
  console.log(`\n${title}: ${String(people.length)} people\n`);
  console.log(presentRecalls(recalls));
  console.log(presentPrecision(alone, twice));
  if (isHeldOut || !process.argv.includes('--missed')) return;
  console.log(recalls.flatMap(({ missed }) => missed).join('\n'));
  const wrong = twice.listed.filter(({ isRight }) => !isRight);
  console.log(
    wrong.map(({ score, names }) => `${String(score)} ${names.join(' and ')}`).join('\n'),
  );
}

function presentRecalls(recalls: readonly Recall[]): string {
  const rows = recalls.map(({ script, asked, first, amongFive }) => {
    const target = SCRIPTS.find((each) => each.script === script)?.target ?? null;
    const reached = target === null ? '' : first / asked >= target ? 'reached' : 'not reached';
    const five = ratio(amongFive, asked);
    return [script, String(asked), ratio(first, asked), five, target?.toFixed(2) ?? '', reached];
  });
  return table(['Script', 'Spellings', 'First', 'Among five', 'Target', 'Verdict'], rows);
}

function presentPrecision(alone: Precision, twice: Precision): string {
  const rowsOf = (what: string, { pairs, listed }: Precision): string[][] =>
    SCORES.map((least) => {
      const some = listed.filter(({ score }) => score >= least);
      const right = some.filter(({ isRight }) => isRight).length;
      const shares = pairs === 0 ? ['', ''] : [ratio(right, some.length), ratio(right, pairs)];
      return [what, String(pairs), least.toFixed(1), String(some.length), ...shares];
    });
  const head = ['Likely duplicates', 'Pairs', 'Score from', 'Listed', 'Precision', 'Recall'];
  return table(head, [...rowsOf('all distinct', alone), ...rowsOf('recorded again', twice)]);
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? '' : `${(part / whole).toFixed(3)} (${String(part)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}

await main();
