import type { JsonSchema } from '../../platform/records/field.js';

const href = { type: 'string' };

const VIEWS = [
  'status',
  'mergerStatus',
  'timeline',
  'tally',
  'result',
  'revisions',
  'keys',
  'changes',
  'stream',
  'export',
  'openapi',
  'docs',
] as const;

export const indexSchemas: Readonly<Record<string, JsonSchema>> = {
  Index: {
    type: 'object',
    additionalProperties: false,
    required: [...VIEWS, 'resources'],
    properties: {
      ...Object.fromEntries(VIEWS.map((name) => [name, href])),
      resources: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['name', 'href', 'description'],
          properties: { name: { type: 'string' }, href, description: { type: 'string' } },
        },
      },
    },
  },
};
