import { describe, expect, it } from '@jest/globals';
import { resources } from '../resources.js';
import { inOrder, ownReferences } from './export.order.js';

const definitions = new Map(resources.map((definition) => [definition.type, definition]));
const order = inOrder(definitions).map(({ type }) => type);

describe('the order of an export', () => {
  it('has every resource once', () => {
    expect([...order].sort()).toEqual([...definitions.keys()].sort());
  });

  it('has each resource after those that its records name, but itself', () => {
    const early = resources.flatMap(({ type, fields }) =>
      fields
        .flatMap(({ target, targets }) => [target, ...Object.values(targets ?? {})])
        .filter((target) => target !== undefined && target !== 'recordType' && target !== type)
        .filter((target) => order.indexOf(target as never) > order.indexOf(type))
        .map((target) => `${type} before ${String(target)}`),
    );
    expect(early).toEqual([]);
    expect(order.at(-1)).toBe('citations');
  });

  it('knows which resources name themselves', () => {
    const own = resources.flatMap((definition) =>
      ownReferences(definition).map(({ column }) => `${definition.type} ${column}`),
    );
    expect(own).toEqual([
      'factions parent_id',
      'milestones depends_on',
      'sources derived_from_id',
      'citations record_id',
    ]);
  });
});
