import { describe, expect, it } from '@jest/globals';
import { Text } from './field.decorators.js';
import { HoldableBody } from './holdable.dto.js';
import { queryOf, type Query, type Reading } from './reading.js';
import { defineRecord, type Definitions } from './record.definition.js';

class MergerBody extends HoldableBody {
  @Text('The name.')
  name!: string;
}

const mergers = defineRecord({
  type: 'mergers',
  title: 'Merger',
  description: 'A union.',
  body: MergerBody,
});
const DEFINITIONS: Definitions = new Map([[mergers.type, mergers]]);

const TEXT = 'SELECT mergers.name AS name FROM mergers WHERE mergers.id = $1::uuid';
const MERGER = '01890000-0000-7000-8000-000000000000';
const NOW: Reading = { view: 'public', instant: null, knownAt: null };

const ask = (reading: Reading, values: readonly unknown[] = ['1'], text = TEXT): Query =>
  queryOf(reading, DEFINITIONS, { text, values });

describe('the query of a reading', () => {
  it('is one text for all that differ in values only, each with its own values', () => {
    const first = ask({ ...NOW, instant: '2023-01-01T00:00:00Z' }, ['a']);
    const second = ask(NOW, ['b']);
    expect(second.text).toBe(first.text);
    expect([first.values, second.values]).toEqual([
      ['a', '2023-01-01T00:00:00Z'],
      ['b', null],
    ]);
    const known = ask({ ...NOW, knownAt: '2022', mergerId: MERGER });
    const later = ask({ ...NOW, knownAt: '2023', mergerId: MERGER });
    expect(later.text).toBe(known.text);
    expect(later.values).toEqual(['1', null, '2023', MERGER]);
  });

  it('is another text for each view, recording, narrowing and number of values, whatever was asked before', () => {
    const readings: readonly Reading[] = [
      NOW,
      { ...NOW, view: 'all' },
      { ...NOW, knownAt: '2022' },
      { ...NOW, view: 'all', knownAt: '2022' },
      { ...NOW, knownAt: '2022', mergerId: MERGER },
    ];
    const texts = (): readonly string[] => readings.map((reading) => ask(reading).text);
    expect(new Set(texts()).size).toBe(readings.length);
    expect(texts()).toEqual(texts());
    expect(ask({ ...NOW, view: 'all' })).toEqual({ text: TEXT, values: ['1'] });
    expect(ask(NOW, ['1', '2']).text).toContain('$3::timestamptz');
    expect(ask(NOW).text).toContain('$2::timestamptz');
  });

  it('is right, too, after thousands of other texts', () => {
    const before = ask(NOW);
    for (let at = 0; at < 2_000; at += 1)
      ask(NOW, ['1'], `${TEXT} AND mergers.version = ${String(at)}`);
    expect(ask(NOW)).toEqual(before);
  });
});
