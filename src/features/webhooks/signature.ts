import { createHmac } from 'node:crypto';

/** A message as it is signed. */
export interface Message {
  /** The same each time that it is sent. */
  readonly id: string;
  /** When it is sent, seconds since 1970 UTC. */
  readonly timestamp: number;
  /** The body, to the byte. */
  readonly body: string;
}

/**
 * The headers of a message, as the Standard Webhooks convention has them: its id, when it is sent, and a signature by each
 * secret. A receiver is content with one that it can verify.
 */
export function signedHeaders(
  { id, timestamp, body }: Message,
  secrets: readonly Uint8Array[],
): Readonly<Record<string, string>> {
  const content = `${id}.${String(timestamp)}.${body}`;
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(content).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
