import { expect, test } from '@jest/globals';
import { drawChart } from './chart.js';
import type { Finding } from './scenarios/scenario.js';

const GOOD: Finding = {
  what: 'a status',
  measure: 'requests per CPU second',
  target: { is: 'at least', value: 0.9, unit: '' },
  values: [0.7, 0.99, 1],
};
const SLOW: Finding = {
  what: 'a first read',
  measure: 'median latency',
  target: { is: 'at most', value: 3, unit: '' },
  values: [6],
};
const NONE: Finding = { ...SLOW, what: 'failed polls', target: { ...SLOW.target, value: 0 } };

/** The lengths of the bars; the line of the targets is 230 from where they begin. */
function bars(chart: string): readonly number[] {
  return [...chart.matchAll(/width="([\d.]+)" height="18"/g)].map(([, width]) => Number(width));
}

test('a bar is as long as the median reaches: 0.99 of 0.9 beyond the line, 6 where 3 is allowed half of the way', () => {
  const chart = drawChart([GOOD, SLOW]);
  expect(bars(chart)).toEqual([253, 115]);
  expect(chart).toContain('0.99 (at least 0.9)');
  expect(chart).toContain('6 (at most 3)');
});

test('a target of none is left to the table', () => {
  expect(bars(drawChart([NONE]))).toEqual([]);
});
