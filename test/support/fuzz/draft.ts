/** A request in the making: sound, from the document; what spoils it is in `spoiled.*.ts`. */
import type { Operation } from '../contract.js';
import { soundParameter, soundValue, type Maker } from './sound.js';

/** How the body goes over the wire, and whether it all goes. */
export type Framing = 'whole' | 'chunked' | 'cut' | 'overlong' | 'halfChunk';

export type Pair = [name: string, value: string];

export interface Draft {
  readonly operation: Operation;
  readonly role: Role;
  method: string;
  /** As they stand in the address, escapes and all. */
  segments: string[];
  query: Pair[];
  /** Bytes as Latin-1. */
  headers: Pair[];
  /** Undefined: none. */
  body: unknown;
  /** What is sent of the body, once it is no longer just its JSON. */
  payload: Buffer | null;
  framing: Framing;
  /** Spoils the text of the head itself. */
  head: (text: string) => string;
}

export const ROLES = ['nobody', 'editor', 'admin', 'stranger'] as const;
export type Role = (typeof ROLES)[number];

const IDEMPOTENCY_KEYS = 20;

/** A request that the document allows; it may still be refused by a rule, or for want of a role. */
export function soundDraft(maker: Maker): Draft {
  const { chance, surface } = maker;
  const operation = chance.pick(surface.operations);
  const { method, path, body, secured } = operation;
  const role = chance.pick<Role>(
    secured ? ['editor', 'editor', 'editor', 'admin', 'admin', 'nobody', 'stranger'] : ROLES,
  );
  return {
    operation,
    role,
    method,
    segments: segmentsFor(maker, path),
    query: queryFor(maker, operation),
    headers: headersFor(maker, operation),
    body: body === undefined ? undefined : soundBody(maker, operation),
    payload: null,
    framing: 'whole',
    head: (text) => text,
  };
}

/** What is sent as the body: null when there is none. */
export function payloadOf({ payload, body }: Draft): Buffer | null {
  if (payload !== null || body === undefined) return payload;
  return Buffer.from(JSON.stringify(body));
}

/** UTF-8 as the bytes of a header. */
export function headerText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function segmentsFor({ pool, chance }: Maker, path: string): string[] {
  const parts = path.split('/').slice(1);
  return parts.map((part, at) => {
    if (!part.startsWith('{')) return part;
    const above = parts[at - 1] ?? '';
    const known = chance.sometimes(0.2) ? pool.recordOf(above, chance)?.['slug'] : undefined;
    const id = known ?? pool.idOf(above, chance) ?? 'nobody';
    return encodeURIComponent(typeof id === 'string' ? id : 'nobody');
  });
}

function queryFor(maker: Maker, { parameters }: Operation): Pair[] {
  const { chance } = maker;
  return parameters
    .filter(({ in: place }) => place === 'query')
    .filter(({ required }) => required === true || chance.sometimes(0.15))
    .map(({ name, schema }) => [name, encodeURIComponent(soundParameter(maker, schema, name))]);
}

function headersFor(maker: Maker, { method, body, parameters }: Operation): Pair[] {
  const { chance } = maker;
  const declared = parameters
    .filter(({ in: place }) => place === 'header')
    .map(({ name }) => name.toLowerCase());
  const headers = declared.flatMap((name) => headerFor(maker, name));
  if (body !== undefined) headers.push(['content-type', 'application/json']);
  if (method === 'GET' && chance.sometimes(0.1))
    headers.push(['if-none-match', maker.pool.textOf('etag', chance) ?? '"x"']);
  return headers;
}

/** A header that the document declares; one of which we know nothing is left out. */
function headerFor({ pool, chance }: Maker, name: string): Pair[] {
  switch (name) {
    case 'if-match': {
      const tag = `"v${pool.textOf('version', chance) ?? '1'}"`;
      return [[name, chance.pick(['*', '*', tag, '"v1"'])]];
    }
    case 'x-reason': {
      const reason = chance.pick(['a correction', 'تصحیح', 'x'.repeat(499)]);
      return chance.sometimes(0.5) ? [[name, headerText(reason)]] : [];
    }
    case 'idempotency-key': {
      const key = `key-${String(chance.whole(1, IDEMPOTENCY_KEYS))}`;
      return chance.sometimes(0.5) ? [[name, key]] : [];
    }
    default:
      return [];
  }
}

/** A new body, or one that was stored with some of it told anew. */
function soundBody(maker: Maker, operation: Operation): unknown {
  const { chance, surface, pool } = maker;
  const schema = surface.resolve(operation.body ?? {});
  const made = soundValue(maker, schema, 'body');
  const segment = surface.segmentOf(surface.answers(operation) ?? '');
  const known = segment === undefined ? undefined : pool.recordOf(segment, chance);
  if (known === undefined || operation.method !== 'POST' || chance.sometimes(0.3)) return made;
  const properties = Object.keys(Object(schema['properties']) as object);
  const kept = properties.filter((name) => Object.hasOwn(known, name) && name !== 'slug');
  const told = Object.fromEntries(kept.map((name) => [name, known[name]]));
  const anew = Object.entries(Object(made) as object).filter(() => chance.sometimes(0.3));
  return { ...told, ...(Object.fromEntries(anew) as object) };
}
