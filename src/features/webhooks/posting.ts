import type { LookupAddress } from 'node:dns';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Failure } from './deliveries.words.js';
import { hostOf } from './targets.js';
import type { WebhookSettings } from './webhooks.settings.js';

/** What is sent where. */
export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of it; `failure` is null when the receiver took it. */
export interface Posted {
  readonly status: number | null;
  readonly failure: Failure | null;
  /** The headers Retry-After and Date of the answer. */
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;
}

/** So much of an answer is read, in bytes: nobody looks at it. */
const MOST_READ = 16 * 1024;

const OF_TLS = /CERT|SELF_SIGNED|ALTNAME|ISSUER|_SSL_|_TLS_|EPROTO/;

/**
 * Posts a message, once. The host is looked up once, every address of it must be allowed, and the connection goes to one of
 * those: what a name leads to a moment later does not matter. Redirects are not followed.
 *
 * @param stop aborted when nobody waits for it any more
 * @throws DOMException `AbortError` when it was stopped
 */
export async function post(
  posting: Posting,
  settings: Pick<WebhookSettings, 'allows' | 'resolve' | 'timeout'>,
  stop: AbortSignal,
): Promise<Posted> {
  const late = AbortSignal.timeout(settings.timeout);
  const signal = AbortSignal.any([late, stop]);
  try {
    const addresses = await abortable(addressesOf(new URL(posting.url), settings), signal);
    if (typeof addresses === 'string') return failed(addresses);
    return await sendTo(addresses, posting, signal);
  } catch (error) {
    stop.throwIfAborted();
    if (late.aborted) return failed('timeout');
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return failed(OF_TLS.test(code) ? 'tls' : 'connection');
  }
}

/** What a message fails with that was never sent. */
export function failed(failure: Failure): Posted {
  return { status: null, failure, retryAfter: undefined, date: undefined };
}

async function addressesOf(
  url: URL,
  { allows, resolve }: Pick<WebhookSettings, 'allows' | 'resolve'>,
): Promise<readonly LookupAddress[] | 'unresolved' | 'address_refused'> {
  const host = hostOf(url);
  const family = isIP(host);
  const found =
    family === 0
      ? await resolve(host).catch(() => [] as LookupAddress[])
      : [{ address: host, family }];
  if (found.length === 0) return 'unresolved';
  return found.every(({ address }) => allows(address)) ? found : 'address_refused';
}

function sendTo(
  addresses: readonly LookupAddress[],
  { url, headers, body }: Posting,
  signal: AbortSignal,
): Promise<Posted> {
  const options: RequestOptions = {
    method: 'POST',
    // No connection is kept: each goes to an address that was judged for it.
    agent: false,
    lookup: known(addresses),
    signal,
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
  };
  const target = new URL(url);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(target, options);
    let posted: Posted | null = null;
    sent.on('error', (error) => {
      // Once it is known what was answered, it does not matter how that ends.
      if (posted === null) reject(error);
      else resolve(posted);
    });
    sent.once('response', (response) => {
      const { statusCode: status = 0 } = response;
      const isTaken = status >= 200 && status < 300;
      const { 'retry-after': retryAfter, date } = response.headers;
      const answered = { status, failure: isTaken ? null : ('status' as const), retryAfter, date };
      posted = answered;
      response.once('close', () => {
        resolve(answered);
      });
      readSome(response);
    });
    sent.end(body);
  });
}

/** Reads an answer to its end, or as much of it as may be. */
function readSome(response: IncomingMessage): void {
  let read = 0;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > MOST_READ) response.destroy();
  });
}

/** Looks nothing up: every host has the addresses that were judged. */
function known(addresses: readonly LookupAddress[]): LookupFunction {
  return (_, { all }, done) => {
    const [first] = addresses;
    if (all === true) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
}

/** Work that cannot be aborted, and need not be waited for. */
async function abortable<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    aborted.reject(signal.reason as Error);
  };
  signal.addEventListener('abort', abort);
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
