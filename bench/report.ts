import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { format, resolveConfig } from 'prettier';
import { drawChart } from './chart.js';
import { presentFigure, presentNumber, presentTarget } from './figures.js';
import type { Plan } from './options.js';
import {
  figureOf,
  isReached,
  type Finding,
  type Findings,
  type SideSummary,
} from './scenarios/scenario.js';
import type { Cores } from './servers/cores.js';
import { spreadOf, type Spread } from './statistics.js';

const DOCUMENT = 'docs/performance.md';
const CHART = 'performance.svg';
const BEGIN = '<!-- npm run bench writes from here -->';
const END = '<!-- to here -->';

/** Under what the figures came about. */
export interface Circumstances {
  readonly plan: Plan;
  readonly cores: Cores;
  readonly postgres: string;
}

/** The tables, as Markdown. */
export function presentReport(
  { findings, sides, skipped }: Findings,
  { plan, cores, postgres }: Circumstances,
): Promise<string> {
  const targets = table(
    ['What', 'Measure', 'Target', 'Figure', 'Least to greatest', 'Verdict'],
    findings.map(presentFinding),
  );
  const head = ['What', 'Side', 'Requests/s', 'p50, ms', 'p99, ms', 'Requests per CPU second'];
  const words = 'The sides: medians of the rounds, of rates also the least and the greatest.';
  const servers = sides.length === 0 ? '' : `${words}\n\n${table(head, sides.map(presentSide))}`;
  return markdown(`
A figure is the median of the rounds; of what must not happen at all, the worst round.

${targets}

${skipped.map((each) => `Not measured: ${each}.\n\n`).join('')}${servers}

Printed by \`npm run bench\`: ${String(plan.rounds)} rounds, of about ${String(plan.seconds)} s a side under load and ${String(plan.pollSeconds)} s polled; ${String(cpus().length)} cores, ${cores.words}; Node ${process.versions.node}, Postgres ${postgres}.
`);
}

/** Puts the tables in their place in the document, below the chart, which is drawn beside it. */
export async function writeReport(report: string, { findings }: Findings): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8');
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} has lost its markers.`);
  const before = document.slice(0, begin + BEGIN.length);
  const chart = `![Each figure against its target](${CHART})`;
  const text = `${before}\n\n${chart}\n\n${report}\n${document.slice(end)}`;
  await writeFile(DOCUMENT, await markdown(text));
  await writeFile(`docs/${CHART}`, drawChart(findings));
}

function presentFinding(finding: Finding): string[] {
  const { what, measure, target, values } = finding;
  const { min, max } = spreadOf(values);
  const spread = values.length === 1 ? '' : `${presentNumber(min)} to ${presentNumber(max)}`;
  const verdict = isReached(finding) ? 'reached' : 'not reached';
  return [
    what,
    measure,
    presentTarget(target),
    presentFigure(target, figureOf(finding)),
    spread,
    verdict,
  ];
}

function presentSide({ what, side, rate, p50, p99, perCpuSecond }: SideSummary): string[] {
  const per = perCpuSecond === null ? '' : presentSpread(perCpuSecond);
  const latencies = [p50, p99].map(({ median }) => presentNumber(median));
  return [what, side, presentSpread(rate), ...latencies, per];
}

function presentSpread({ median, min, max }: Spread): string {
  return `${presentNumber(median)} (${presentNumber(min)} to ${presentNumber(max)})`;
}

async function markdown(text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const words = ['What', 'Side', 'Measure', 'Verdict'];
  const alignment = head.map((name) => (words.includes(name) ? '---' : '---:'));
  return [head, alignment, ...rows].map(line).join('\n');
}
