import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTable } from '../../../test/support/popolo/csv.reader.js';
import { cellOf, lineOf } from './csv.cells.js';

describe('a cell', () => {
  it.each([
    [null, ''],
    [undefined, ''],
    ['MQM-P', 'MQM-P'],
    [true, 'true'],
    [40, '40'],
    ['a, b', '"a, b"'],
    ['the "party"', '"the ""party"""'],
    ['two\nlines', '"two\nlines"'],
    [' padded ', '" padded "'],
    [[], '[]'],
    [['a'], '"[""a""]"'],
    [{ value: 31, qualifier: 'at_least' }, '"{""value"":31,""qualifier"":""at_least""}"'],
    ['=1+1', "'=1+1"],
    ['+92 300', "'+92 300"],
    ['-', "'-"],
    ['@home', "'@home"],
    ['\tindented', "'\tindented"],
    ['\rreturned', '"\'\rreturned"'],
    ['\n=1+1', '"\'\n=1+1"'],
    ['＝1+1', "'＝1+1"],
    ['＠home', "'＠home"],
    // What has an apostrophe of its own has one more.
    ["'=1+1", "''=1+1"],
    ["''@", "'''@"],
    // Nothing to be taken for a formula.
    ["'quoted'", "'quoted'"],
    ["a'=b", "a'=b"],
  ])('of %j is %j', (value, cell) => {
    expect(cellOf(value)).toBe(cell);
  });

  it('never begins, behind its quotes, with what a spreadsheet computes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'),
        (rest, sign) => {
          expect(cellOf(sign + rest)).toMatch(/^"?'/);
        },
      ),
    );
  });

  it('is read again as what it was, whatever it was', () => {
    const texts = fc.array(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.stringMatching(/^['=+\-@\t\r\n＝＋－＠", a]{0,6}$/),
        fc.json(),
      ),
      { minLength: 2 },
    );
    fc.assert(
      fc.property(texts, (values) => {
        expect(readTable(lineOf(values))).toEqual([values]);
      }),
    );
  });
});
