import { presentFigure, presentTarget } from './figures.js';
import { figureOf, isReached, type Finding } from './scenarios/scenario.js';
import { spreadOf } from './statistics.js';

const WIDTH = 860;
const ROW = 34;
const TOP = 44;
/** Where the bars begin, and where the line of the targets is: the scale ends at one and a half of it. */
const LEFT = 330;
const AT_TARGET = 560;
const REACHED = '#1a7f37';
const NOT_REACHED = '#bc4c00';

/**
 * A bar for each figure: how far it goes compared with its target. A bar that reaches the line reaches the target; for what must be
 * at most something, the target is divided by the figure.
 */
export function drawChart(findings: readonly Finding[]): string {
  // Of nothing nothing can be a part: a target of 0 is for the table.
  const drawn = findings.filter(({ target }) => target.value > 0);
  const height = TOP + drawn.length * ROW + 12;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(WIDTH)}" height="${String(height)}" viewBox="0 0 ${String(WIDTH)} ${String(height)}" font-family="sans-serif" font-size="12" role="img">
<title>Each figure against its target</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${String(AT_TARGET)}" y="26" text-anchor="middle" fill="#1f2328">the target</text>
${drawn.map(drawRow).join('\n')}
<line x1="${String(AT_TARGET)}" x2="${String(AT_TARGET)}" y1="34" y2="${String(height - 8)}" stroke="#1f2328" stroke-dasharray="4 3"/>
</svg>
`;
}

function drawRow(finding: Finding, at: number): string {
  const { what, measure, target, values } = finding;
  const { min, max } = spreadOf(values);
  const y = TOP + at * ROW;
  const end = placeOf(target, figureOf(finding));
  const [low, high] = [placeOf(target, min), placeOf(target, max)];
  const color = isReached(finding) ? REACHED : NOT_REACHED;
  const label = Math.max(end, low, high, AT_TARGET) + 8;
  const middle = String(y + 11);
  return `<text x="${String(LEFT - 8)}" y="${String(y + 9)}" text-anchor="end" fill="#1f2328">${escaped(what)}</text>
<text x="${String(LEFT - 8)}" y="${String(y + 22)}" text-anchor="end" font-size="10" fill="#59636e">${escaped(measure)}</text>
<rect x="${String(LEFT)}" y="${String(y + 2)}" width="${(end - LEFT).toFixed(1)}" height="18" fill="${color}"/>
<line x1="${low.toFixed(1)}" x2="${high.toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#1f2328" stroke-width="2"/>
<text x="${label.toFixed(1)}" y="${String(y + 15)}" fill="#1f2328">${escaped(`${presentFigure(target, figureOf(finding))} (${presentTarget(target)})`)}</text>`;
}

/** What goes further than the scale is drawn at its end. */
function placeOf({ is, value }: Finding['target'], figure: number): number {
  const part = is === 'at least' ? figure / value : value / Math.max(figure, Number.EPSILON);
  return LEFT + (AT_TARGET - LEFT) * Math.min(part, 1.5);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
