import type { JsonSchema } from '../../platform/records/field.js';

const list = { type: 'array', items: { type: 'object' } };

const CLASSES = ['persons', 'organizations', 'memberships', 'events', 'motions'];
const VOTING = ['vote_events', 'votes'];
const LISTS = [...CLASSES, ...VOTING, 'accord'];

export const exportSchemas: Readonly<Record<string, JsonSchema>> = {
  Popolo: {
    type: 'object',
    description:
      'Popolo 1.0.1. What it has no member for is in the member `accord` of an element; what it has no class for, in the list `accord`.',
    additionalProperties: false,
    required: LISTS,
    properties: Object.fromEntries(LISTS.map((name) => [name, list])),
  },
};
