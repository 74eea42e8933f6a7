import { setTimeout as sleep } from 'node:timers/promises';
import createClient, { defaultPathSerializer, type Client } from 'openapi-fetch';
import type { components, paths } from '../generated/client/openapi.js';

/** Everything that the service answers to, each path with what it takes and gives. */
export type AccordClient = Client<paths>;

/** The paths of the OpenAPI document, with what each takes and gives. */
export type { paths as Paths } from '../generated/client/openapi.js';

/** The shapes of the OpenAPI document, by their names. */
export type Schemas = components['schemas'];

/** Whom to ask, and as whom. */
export interface Access {
  /** Where the service is: `https://accord.example`. */
  readonly url: string;
  /** Left out: as anybody. */
  readonly key?: string | undefined;
}

/** How often one request is sent in vain because there were too many, before its 429 counts. */
const MOST_WAITS = 5;

/** The longest that a 429 makes us wait before asking again, in seconds. */
const LONGEST_WAIT = 120;

/**
 * A client of one service.
 *
 * A read that is answered 429 is sent again when `Retry-After` is over, so that a script may ask for more than it is allowed
 * in a minute. Everything else is the caller's to repeat.
 */
export function accordClient({ url, key }: Access): AccordClient {
  return createClient<paths>({
    baseUrl: url.replace(/\/+$/, ''),
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    fetch: patientFetch,
    pathSerializer: (path, named) =>
      defaultPathSerializer(
        path,
        Object.fromEntries(Object.entries(named).map(([name, value]) => [name, inPath(value)])),
      ),
  });
}

/** A text as a header carries it to the service, which reads UTF-8: in one line, a character for each byte. */
export function inHeader(text: string): string {
  return Buffer.from(text.replaceAll(/\p{Cc}+/gu, ' ')).toString('latin1');
}

/** What stands in a path: what would lead to another one, `..` or nothing, is sent as `-`, which names no record. */
function inPath(value: unknown): unknown {
  return value === '' || value === '.' || value === '..' ? '-' : value;
}

async function patientFetch(request: Request): Promise<Response> {
  for (let waits = 0; ; waits += 1) {
    const response = await fetch(request.body === null ? request.clone() : request);
    const wait = Number(response.headers.get('retry-after') ?? 'none');
    const isWorthIt = request.method === 'GET' && wait <= LONGEST_WAIT && waits < MOST_WAITS;
    if (response.status !== 429 || !isWorthIt) return response;
    await response.body?.cancel();
    await sleep(wait * 1_000, undefined, { signal: request.signal });
  }
}
