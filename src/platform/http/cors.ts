/** Browsers on any site may read, and see the headers that a reader needs. They may not write. */
export const CORS = {
  origin: '*',
  methods: ['GET', 'HEAD'],
  allowedHeaders: ['Authorization', 'Idempotency-Key', 'If-None-Match', 'Last-Event-ID'],
  exposedHeaders: [
    'ETag',
    'Idempotent-Replayed',
    'Link',
    'Location',
    'Retry-After',
    'WWW-Authenticate',
    'X-Request-Id',
  ],
  // An OPTIONS that is no preflight gets the same empty answer, not an error that is no problem+json.
  strictPreflight: false,
};
