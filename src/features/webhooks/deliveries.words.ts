/** What has become of a delivery. */
export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;

export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Why a message was not taken. */
export const FAILURES = [
  'status',
  'timeout',
  'connection',
  'tls',
  'unresolved',
  'address_refused',
  'scheme_refused',
  'secret_unreadable',
] as const;

export type Failure = (typeof FAILURES)[number];
