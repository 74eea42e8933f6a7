import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lineOf } from './ndjson.file.js';

it('a line has the kind of its record and all of it, and is one line', () => {
  expect(lineOf('people', '{"id":"7"}')).toBe('{"recordType":"people","id":"7"}');
  const about = '{"id":"7","sourceId":"8","recordType":"votes","quote":"\\"recordType\\":"}';
  expect(JSON.parse(lineOf('citations', about))).toEqual({
    recordType: 'citations',
    id: '7',
    sourceId: '8',
    citedType: 'votes',
    quote: '"recordType":',
  });
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (fields) => {
      const body = JSON.parse(JSON.stringify({ id: '7', ...fields })) as object;
      const line = lineOf('people', JSON.stringify(body));
      expect(JSON.parse(line)).toEqual({ recordType: 'people', ...body });
      expect(line).not.toContain('\n');
    }),
  );
});
