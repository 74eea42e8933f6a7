import type { JsonSchema } from '../../platform/records/field.js';

const href = { type: 'string' };

export const indexSchemas: Readonly<Record<string, JsonSchema>> = {
  Index: {
    type: 'object',
    additionalProperties: false,
    required: ['status', 'mergerStatus', 'timeline', 'changes', 'openapi', 'docs', 'resources'],
    properties: {
      status: href,
      mergerStatus: href,
      timeline: href,
      changes: href,
      openapi: href,
      docs: href,
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
