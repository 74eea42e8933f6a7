import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { format, resolveConfig } from 'prettier';
import { CONNECTIONS } from './load.js';
import type { Plan } from './measure.js';
import { SIDES, type Side } from './scenarios.js';
import type { Spread, Summary } from './summary.js';

const DOCUMENT = 'docs/performance.md';
const BEGIN = '<!-- npm run bench writes from here -->';
const END = '<!-- to here -->';
const NAMES: Readonly<Record<Side, string>> = { accord: 'Accord', bare: 'bare' };

/** The tables, as Markdown. */
export function presentReport(
  summaries: readonly Summary[],
  { plan, postgres }: { readonly plan: Plan; readonly postgres: string },
): Promise<string> {
  const ratios = summaries.map(({ name, ratio, cpuRatio }) => [
    name,
    presentSpread(ratio),
    cpuRatio ? presentSpread(cpuRatio) : 'not known here',
  ]);
  const sides = summaries.flatMap(({ name, sides }) =>
    SIDES.map((side) => {
      const { rate, p50, p99, perCpuSecond } = sides[side];
      return [
        name,
        NAMES[side],
        rate.toFixed(0),
        p50.toFixed(1),
        p99.toFixed(1),
        perCpuSecond?.toFixed(0) ?? 'not known here',
      ];
    }),
  );
  return markdown(`
Accord by the bare server: the median of ${String(plan.rounds)} paired rounds, and the least and the greatest.

${table(['What', 'Requests per second', 'Requests per CPU second'], ratios)}

Both sides:

${table(['What', 'Side', 'Requests/s', 'p50, ms', 'p99, ms', 'Requests per CPU second'], sides)}

Printed by \`npm run bench\`: rounds of about ${String(plan.seconds)} s a side, ${String(CONNECTIONS)} connections, ${String(availableParallelism())} cores, Node ${process.versions.node}, Postgres ${postgres}.
`);
}

/** Puts the tables in their place in the document. */
export async function writeReport(report: string): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8');
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} has lost its markers.`);
  const before = document.slice(0, begin + BEGIN.length);
  await writeFile(DOCUMENT, await markdown(`${before}\n\n${report}\n${document.slice(end)}`));
}

async function markdown(text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const alignment = head.map((name) => (['What', 'Side'].includes(name) ? '---' : '---:'));
  return [head, alignment, ...rows].map(line).join('\n');
}

function presentSpread({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}
