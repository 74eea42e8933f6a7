import {
  ID,
  INSTANT,
  TEXT,
  WHOLE,
  listOf,
  named,
  orNull,
  shape,
} from '../../platform/http/schemas.js';
import type { JsonSchema } from '../../platform/records/field.js';
import { pageOf } from '../../platform/records/record.openapi.js';
import { schemaOf } from '../../platform/records/record.schema.js';
import { DELIVERY_STATES, FAILURES } from './deliveries.words.js';
import { AUDIENCES, ReplayBody, SecretBody, WebhookBody } from './webhooks.dto.js';

const instantOrNull = { ...INSTANT, type: ['string', 'null'] };

const webhook = {
  id: ID,
  url: TEXT,
  description: { type: ['string', 'null'] },
  mergerIds: listOf(ID, 'Empty: everything is told.'),
  audience: { enum: [...AUDIENCES] },
  enabled: { type: 'boolean' },
  cursor: {
    ...TEXT,
    description:
      'Where it stands in the feed, as `GET /v1/changes?after=` takes it: what comes after is not on its way yet.',
  },
  pending: { ...WHOLE, description: 'How many deliveries are on their way.' },
  dead: { ...WHOLE, description: 'How many were given up.' },
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
  createdBy: { ...TEXT, description: 'Whose key.' },
  createdAt: INSTANT,
  updatedAt: INSTANT,
};

const secret = { ...TEXT, pattern: '^whsec_', description: 'Shown this once.' };

const delivery = {
  id: ID,
  webhookId: ID,
  messageId: { ...TEXT, description: 'The `webhook-id` of the message.' },
  state: { enum: [...DELIVERY_STATES] },
  attempts: { ...WHOLE, description: 'How many there were.' },
  attemptedAt: instantOrNull,
  nextAttemptAt: { ...instantOrNull, description: 'Null when it is not sent any more.' },
  status: { type: ['integer', 'null'], description: 'What the receiver answered last.' },
  failure: {
    enum: [...FAILURES, null],
    description: 'Why the last attempt failed; null when it did not.',
  },
  endedAt: instantOrNull,
  createdAt: INSTANT,
  change: orNull(named('Change'), 'What it tells of; null when that was purged.'),
};

/** The schemas of webhooks, by the names that their routes use. */
export const webhookSchemas: Readonly<Record<string, JsonSchema>> = {
  Webhook: shape(webhook),
  NewWebhook: shape({ ...webhook, secret }),
  WebhookCreate: schemaOf(WebhookBody),
  WebhookPatch: { ...schemaOf(WebhookBody), required: [] },
  WebhookList: pageOf(named('Webhook')),
  WebhookSecretCreate: schemaOf(SecretBody),
  WebhookSecret: shape({ secret, previousUntil: INSTANT }),
  WebhookReplay: schemaOf(ReplayBody),
  Delivery: shape(delivery),
  DeliveryList: pageOf(named('Delivery')),
};
