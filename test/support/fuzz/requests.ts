import { soundDraft, payloadOf, type Draft, type Framing, type Role } from './draft.js';
import type { Maker } from './sound.js';
import { spoilBody, spoilBytes, type Spoiler } from './spoiled.bodies.js';
import { spoilHead, spoilWire } from './spoiled.heads.js';

/** A request as it goes over the wire. */
export interface FuzzRequest {
  readonly number: number;
  /** Of the document, which it was made from; it may have been led elsewhere. */
  readonly operation: Draft['operation'];
  /** Request line and headers, a character for each byte. */
  readonly head: string;
  readonly payload: Buffer | null;
  readonly framing: Framing;
  /** Whether the connection can carry another one afterwards. */
  readonly orderly: boolean;
}

const SOUND = 0.3;
const MOST_SPOILERS = 3;

/** The next request: sound, or spoiled in up to three ways. */
export function makeRequest(
  maker: Maker,
  number: number,
  { host, keys }: { readonly host: string; readonly keys: Readonly<Record<Role, string>> },
): FuzzRequest {
  const draft = soundDraft(maker);
  const key = keys[draft.role];
  if (key !== '') draft.headers.push(['authorization', `Bearer ${key}`]);
  const spoilers = maker.chance.sometimes(SOUND) ? [] : chooseSpoilers(maker, draft);
  for (const spoil of spoilers) spoil(draft, maker.chance);
  const payload = payloadOf(draft);
  const plain = headOf(draft, host, payload);
  const head = draft.head(plain);
  const { operation, framing } = draft;
  return {
    number,
    operation,
    head,
    payload,
    framing,
    orderly: framing === 'whole' && head === plain,
  };
}

/** In the order in which they can be applied: a value, the bytes it is written as, what is around them. */
function chooseSpoilers({ chance }: Maker, draft: Draft): readonly Spoiler[] {
  const onBody = draft.body === undefined ? 0.05 : 0.5;
  const ways: readonly (readonly [Spoiler, number])[] = [
    [spoilBody, onBody],
    [spoilBytes, onBody / 2],
    [spoilHead, 0.5],
    [spoilHead, 0.2],
    [spoilWire, 0.08],
  ];
  const chosen = ways.filter(([, share]) => chance.sometimes(share));
  return chosen.slice(0, MOST_SPOILERS).map(([spoil]) => spoil);
}

function headOf(draft: Draft, host: string, payload: Buffer | null): string {
  const query = draft.query.map(([name, value]) => `${name}=${value}`).join('&');
  const address = `/${draft.segments.join('/')}${query === '' ? '' : `?${query}`}`;
  const lines = [
    `${draft.method} ${address} HTTP/1.1`,
    `host: ${host}`,
    ...draft.headers.map(([name, value]) => `${name}: ${value}`),
    ...lengthOf(draft.framing, payload),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function lengthOf(framing: Framing, payload: Buffer | null): readonly string[] {
  if (payload === null) return framing === 'cut' ? ['content-length: 100'] : [];
  const { length } = payload;
  switch (framing) {
    case 'whole':
      return [`content-length: ${String(length)}`];
    case 'cut':
      return [`content-length: ${String(length + 100)}`];
    case 'overlong':
      return [`content-length: ${String(Math.floor(length / 2))}`];
    case 'chunked':
    case 'halfChunk':
      return ['transfer-encoding: chunked'];
  }
}
