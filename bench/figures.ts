import type { Target } from './scenarios/scenario.js';

/** A number with as many digits as it is worth reading. */
export function presentNumber(number: number): string {
  if (Number.isInteger(number)) return String(number);
  return number.toFixed(Math.abs(number) < 10 ? 2 : Math.abs(number) < 100 ? 1 : 0);
}

/** A figure in the unit of its target. */
export function presentFigure({ unit }: Target, figure: number): string {
  return `${presentNumber(figure)} ${unit}`.trimEnd();
}

/** Such as: at least 0.9. */
export function presentTarget({ is, value, unit }: Target): string {
  return `${is} ${String(value)} ${unit}`.trimEnd();
}
