import { describe, expect, it } from '@jest/globals';
import { StatementNames } from './statement.names.js';

const texts = (count: number, about: string): readonly string[] =>
  Array.from({ length: count }, (_, at) => `SELECT ${about} ${String(at)}`);

describe('the names of prepared statements', () => {
  it('are given from the third use on, one for each text', () => {
    const names = new StatementNames();
    const given = [1, 2, 3, 4].map(() => names.nameOf('SELECT 1'));
    expect(given).toEqual(['', '', expect.stringMatching(/^[\w-]{27}$/), given[2]]);
    const other = [1, 2, 3].map(() => names.nameOf('SELECT 2')).at(-1);
    expect(other).not.toBe(given[2]);
  });

  it('stay when very many statements have been used, and are not given to what is used once', () => {
    const names = new StatementNames();
    const often = [1, 2, 3].map(() => names.nameOf('SELECT often')).at(-1);
    const rare = texts(20_000, 'rare').map((text) => names.nameOf(text));
    expect(new Set(rare)).toEqual(new Set(['']));
    expect(names.nameOf('SELECT often')).toBe(often);
  });

  it('are at most 250', () => {
    const names = new StatementNames();
    const given = new Set(
      texts(1_000, 'x').map((text) => [1, 2, 3].map(() => names.nameOf(text)).at(-1)),
    );
    given.delete('');
    expect(given.size).toBe(250);
  });
});
