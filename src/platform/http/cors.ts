/** Browsers on any site may read, and see the headers that a reader needs. They may not write. */
export const CORS = {
  origin: '*',
  methods: ['GET', 'HEAD'],
  allowedHeaders: ['Authorization', 'Idempotency-Key', 'If-None-Match', 'Last-Event-ID'],
  exposedHeaders: [
    'Age',
    'Content-Disposition',
    'ETag',
    'Idempotent-Replayed',
    'Link',
    'Location',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
    'WWW-Authenticate',
    'X-Poll-Interval',
    'X-Request-Id',
  ],
  // An OPTIONS that is no preflight gets the same empty answer, not an error that is no problem+json.
  strictPreflight: false,
};
