import { INSTANT } from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';
import { schemaOf } from '../../platform/records/record.schema.js';
import { DELIVERY_STATES, FAILURES } from './deliveries.words.js';
import { AUDIENCES, ReplayBody, SecretBody, WebhookBody } from './webhooks.dto.js';

const id = { type: 'string', format: 'uuid' };
const instantOrNull = { ...INSTANT, type: ['string', 'null'] };
const count = { type: 'integer', minimum: 0 };

const webhook = {
  id,
  url: { type: 'string' },
  description: { type: ['string', 'null'] },
  mergerIds: { type: 'array', items: id, description: 'Empty: everything is told.' },
  audience: { enum: [...AUDIENCES] },
  enabled: { type: 'boolean' },
  cursor: {
    type: 'string',
    description:
      'Where it stands in the feed, as `GET /v1/changes?after=` takes it: what comes after is not on its way yet.',
  },
  pending: { ...count, description: 'How many deliveries are on their way.' },
  dead: { ...count, description: 'How many were given up.' },
  waitsUntil: {
    ...instantOrNull,
    description: 'Nothing is sent until then: its receiver asked for that, or was not reached.',
  },
  goneAt: {
    ...instantOrNull,
    description: 'When its receiver answered 410, by which it was disabled.',
  },
  previousUntil: {
    ...instantOrNull,
    description: 'Until when the secret before signs as well.',
  },
  createdBy: { type: 'string', description: 'Whose key.' },
  createdAt: INSTANT,
  updatedAt: INSTANT,
};

const secret = { type: 'string', pattern: '^whsec_', description: 'Shown this once.' };

const delivery = {
  id,
  webhookId: id,
  messageId: { type: 'string', description: 'The `webhook-id` of the message.' },
  state: { enum: [...DELIVERY_STATES] },
  attempts: { ...count, description: 'How many there were.' },
  attemptedAt: instantOrNull,
  nextAttemptAt: { ...instantOrNull, description: 'Null when it is not sent any more.' },
  status: { type: ['integer', 'null'], description: 'What the receiver answered last.' },
  failure: {
    enum: [...FAILURES, null],
    description: 'Why the last attempt failed; null when it did not.',
  },
  endedAt: instantOrNull,
  createdAt: INSTANT,
  change: {
    anyOf: [{ $ref: '#/components/schemas/Change' }, { type: 'null' }],
    description: 'What it tells of; null when that was purged.',
  },
};

function whole(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  };
}

/** The schemas of webhooks, by the names that their routes use. */
export const webhookSchemas: Readonly<Record<string, JsonSchema>> = {
  Webhook: whole(webhook),
  NewWebhook: whole({ ...webhook, secret }),
  WebhookCreate: schemaOf(WebhookBody),
  WebhookPatch: { ...schemaOf(WebhookBody), required: [] },
  WebhookList: pageOf({ $ref: '#/components/schemas/Webhook' }),
  WebhookSecretCreate: schemaOf(SecretBody),
  WebhookSecret: whole({ secret, previousUntil: INSTANT }),
  WebhookReplay: schemaOf(ReplayBody),
  Delivery: whole(delivery),
  DeliveryList: pageOf({ $ref: '#/components/schemas/Delivery' }),
};
