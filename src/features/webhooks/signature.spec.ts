import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { signedHeaders } from './signature.js';

const now = (): number => Math.floor(Date.now() / 1_000);

describe('a signature', () => {
  it('is that of another program', () => {
    // printf 'msg_1.1669852800.{"type":"record.changed"}' | openssl dgst -sha256 -hmac 'twenty-four bytes secret' -binary | base64
    const secret = Buffer.from('twenty-four bytes secret');
    const message = { id: 'msg_1', timestamp: 1_669_852_800, body: '{"type":"record.changed"}' };
    expect(signedHeaders(message, [secret, secret])).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1669852800',
      'webhook-signature': [1, 2]
        .map(() => 'v1,Crq8G+O9x0XMuzlmLaY0QsQYGGWMPLv4Y2XGZEZiA6Y=')
        .join(' '),
    });
  });

  it('is verified by a receiver with any of its secrets, whatever the message, and with no other', () => {
    const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 });
    fc.assert(
      fc.property(
        fc.json(),
        fc.uniqueArray(bytes, { minLength: 3, maxLength: 3, selector: String }),
        (body, [current = new Uint8Array(), previous = new Uint8Array(), foreign = current]) => {
          const headers = signedHeaders({ id: 'msg_1', timestamp: now(), body }, [
            current,
            previous,
          ]);
          const verify = (secret: Uint8Array, text = body): unknown =>
            new Webhook(Buffer.from(secret).toString('base64')).verify(text, { ...headers });
          expect(verify(current)).toEqual(JSON.parse(body));
          expect(verify(previous)).toEqual(JSON.parse(body));
          expect(() => verify(foreign)).toThrow('No matching signature');
          expect(() => verify(current, `${body} `)).toThrow('No matching signature');
        },
      ),
    );
  });
});
