import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { matchesTag } from '../http/etag.js';
import type { Scope } from './touches.js';

/** What an answer rests on, and when it was made. */
export interface Basis {
  readonly scope: Scope;
  /** The tick of the ledger's head at which its making began. */
  readonly made: number;
  /** The time in the world that it holds for, from and until, milliseconds since 1970 UTC; null: whatever the time is. */
  readonly span: { readonly from: number; readonly until: number } | null;
  /** The instant at which visibility was judged, if it was a told one. */
  readonly instant: string | null;
}

/** What a controller or a reader says of an answer that may be given again. */
export type Keep = Pick<Basis, 'scope' | 'span'>;

/** An answer as it was made, beside its body. */
export interface Made {
  /** Its strong ETag, which ends with a quotation mark. */
  readonly tag: string;
  /** The other headers, name and value in turn. */
  readonly headers: readonly string[];
  /** The pattern of the route that made it. */
  readonly route: string;
}

/** An answer as it is sent: the status, the headers as Node writes them, and the body. */
export interface Sent {
  readonly status: 200 | 304;
  readonly headers: readonly string[];
  /** The same headers and a last one whose value is another each time: put in its place, with nothing to copy. */
  readonly withRequestId: string[];
  readonly body: Buffer | null;
}

type Coding = 'br' | 'gzip';

// Below it, a compressed body is no shorter on the way.
const WORTH_COMPRESSING = 1_000;

/** How much more than its body an answer takes in memory, roughly: its compressed forms and its headers. */
const OVERHEAD = 2_000;

/** An answer of 200 that is kept: its bytes, and every form in which it is sent. */
export class Snapshot {
  /** When it was last known to hold; a clock that only goes on, in milliseconds. */
  heldAt = performance.now();
  /** Whether it was asked for since the store looked last. */
  wasAsked = true;
  /** The pattern of the route that made it. */
  readonly route: string;
  private readonly body: Buffer;
  private readonly tag: string;
  private readonly headers: readonly string[];
  private readonly forms = new Map<Coding | 'identity', Form>();

  constructor(
    readonly basis: Basis,
    body: string,
    { tag, headers, route }: Made,
  ) {
    this.body = Buffer.from(body);
    this.tag = tag;
    this.headers = headers;
    this.route = route;
  }

  /** How many bytes it takes, roughly. */
  get size(): number {
    return 2 * this.body.length + OVERHEAD;
  }

  /** The answer for a reader who takes some codings and perhaps has it already, in whatever form. */
  answer(acceptEncoding: string | undefined, ifNoneMatch: string | undefined): Sent {
    const form = this.formIn(acceptEncoding);
    if (ifNoneMatch === undefined) return form.whole;
    if (form.whole.status === 200 && ifNoneMatch === form.tag) return form.unchanged;
    const held = [form.tag, ...TAG_ENDS.map((end) => tagOf(this.tag, end))].find((tag) =>
      matchesTag(ifNoneMatch, tag),
    );
    if (held === undefined) return form.whole;
    return held === form.tag ? form.unchanged : this.unchangedFor(held);
  }

  private formIn(acceptEncoding: string | undefined): Form {
    const coding =
      acceptEncoding === undefined || this.body.length < WORTH_COMPRESSING
        ? 'identity'
        : preferred(acceptEncoding);
    const known = this.forms.get(coding);
    if (known !== undefined) return known;
    const form = this.makeForm(coding);
    this.forms.set(coding, form);
    return form;
  }

  private makeForm(coding: Coding | 'identity'): Form {
    const body = coding === 'identity' ? this.body : compressed(this.body, coding);
    const tag = tagOf(this.tag, coding);
    const headers = [
      ...this.headers,
      'etag',
      tag,
      ...(coding === 'identity' ? [] : ['content-encoding', coding]),
      'content-length',
      String(body.length),
    ];
    return { tag, whole: sentAs(200, headers, body), unchanged: this.unchangedFor(tag) };
  }

  private unchangedFor(tag: string): Sent {
    const headers: string[] = [];
    for (let at = 0; at < this.headers.length; at += 2) {
      const [name = '', value = ''] = this.headers.slice(at, at + 2);
      if (!name.startsWith('content-')) headers.push(name, value);
    }
    return sentAs(304, [...headers, 'etag', tag], null);
  }
}

interface Form {
  readonly tag: string;
  readonly whole: Sent;
  readonly unchanged: Sent;
}

function sentAs(status: 200 | 304, headers: readonly string[], body: Buffer | null): Sent {
  return { status, headers, withRequestId: [...headers, 'x-request-id', ''], body };
}

const TAG_ENDS = ['identity', 'gzip', 'br'] as const;

/** Another form is another representation, so that its strong tag is another. */
function tagOf(tag: string, coding: Coding | 'identity'): string {
  return coding === 'identity' ? tag : `${tag.slice(0, -1)}.${coding}"`;
}

/** The coding that an Accept-Encoding prefers among ours; one with a weight of nought is refused (RFC 9110, 12.5.3). */
function preferred(acceptEncoding: string): Coding | 'identity' {
  const weights = new Map(acceptEncoding.toLowerCase().split(',').map(weighed));
  const weightOf = (name: string): number => weights.get(name) ?? 0;
  const gzip = weights.get('gzip') ?? weightOf('*');
  if (weightOf('br') > 0 && weightOf('br') >= Math.max(gzip, weightOf('identity'))) return 'br';
  return gzip > 0 && gzip >= weightOf('identity') ? 'gzip' : 'identity';
}

function weighed(coding: string): [string, number] {
  const [name = '', ...parameters] = coding.split(';').map((part) => part.trim());
  const weight = parameters.find((part) => part.startsWith('q='));
  return [name, weight === undefined ? 1 : Number(weight.slice(2))];
}

function compressed(body: Buffer, coding: Coding): Buffer {
  if (coding === 'gzip') return gzipSync(body);
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}
