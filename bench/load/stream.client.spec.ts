import { expect, test } from '@jest/globals';
import { eventIn } from './stream.client.js';

test('an event has the id and the data of its lines', () => {
  expect(eventIn('id: 7\nevent: change\ndata: {"a":1}')).toEqual({ id: '7', data: '{"a":1}' });
  expect(eventIn('data:one\r\ndata: two\r\nid:8')).toEqual({ id: '8', data: 'one\ntwo' });
});

test('a comment and an event without data are none', () => {
  expect(eventIn(': still here')).toBeUndefined();
  expect(eventIn('id: 9\nretry: 2000')).toBeUndefined();
});
