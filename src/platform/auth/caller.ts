import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { Problem } from '../errors/problem.js';
import { readPrecondition, type Precondition } from '../http/etag.js';
import { readOnce, type Once } from '../once/once.js';
import type { Keep } from '../snapshots/snapshot.js';

/** What a caller may do: anybody reads, an editor writes records, an admin also manages keys. */
export const ROLES = ['reader', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls. A reader has no key. */
export type Caller =
  | { readonly role: 'reader' }
  | { readonly role: 'editor' | 'admin'; readonly keyId: string; readonly keyName: string };

/** In whose name a transaction writes, and why. */
export interface Author {
  readonly name: string;
  readonly keyId: string;
  readonly reason: string | null;
  readonly requestId: string | null;
  /** The instant at which the writes are recorded, ISO; left out, now. For a story that is told in its own time. */
  readonly instant?: string;
  /** There when the request is done once, however often it is sent. */
  readonly once?: Once;
}

/** With whose eyes a request reads: all there is, as key holders do, or what is public. */
export type View = 'all' | 'public';

/**
 * A request whose caller the guard has established; `isReplayed` when its answer was given before, `identified` when its key
 * was looked up to be counted by it, `keep` when its answer may be given again, `made` the tick of the ledger's head at which
 * the making of that began, `isStream` when its answer ends only when one of both sides has had enough, `streamed` its body where that is read bit by bit.
 */
export type KnownRequest = FastifyRequest & {
  caller?: Caller;
  view?: View;
  isReplayed?: boolean;
  keep?: Keep;
  made?: number;
  identified?: Promise<Caller>;
  isStream?: boolean;
  streamed?: IncomingMessage;
};

const MAX_REASON = 500;

/** The key in an Authorization header. */
export function bearerIn(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/** The view of the request, as the guard established it. */
export const CurrentView = createParamDecorator((_: unknown, context: ExecutionContext): View => {
  return context.switchToHttp().getRequest<KnownRequest>().view ?? 'public';
});

/** The author of a write: the caller's key, the reason in the X-Reason header, and the Idempotency-Key of a POST. */
export const CurrentAuthor = createParamDecorator(
  (_: unknown, context: ExecutionContext): Author => {
    return authorOf(context.switchToHttp().getRequest<KnownRequest>());
  },
);

/** A change of a record that exists: who makes it, and of which version. */
export interface Edit {
  readonly author: Author;
  readonly expected: Precondition;
}

/** The author of a change, and the version in If-Match. */
export const CurrentEdit = createParamDecorator((_: unknown, context: ExecutionContext): Edit => {
  const request = context.switchToHttp().getRequest<KnownRequest>();
  return { author: authorOf(request), expected: readPrecondition(request.headers['if-match']) };
});

function authorOf(request: KnownRequest): Author {
  const caller = request.caller ?? { role: 'reader' };
  if (caller.role === 'reader') throw new Problem('unauthorized', 'Writing needs a key.');
  const once = request.method === 'POST' ? onceOf(request) : undefined;
  return {
    name: caller.keyName,
    keyId: caller.keyId,
    reason: reasonIn(request),
    requestId: request.id,
    ...(once ? { once } : {}),
  };
}

function onceOf(request: KnownRequest): Once | undefined {
  const [path = ''] = request.url.split('?');
  return readOnce({
    idempotencyKey: request.headers['idempotency-key'],
    bearer: bearerIn(request.headers.authorization) ?? '',
    // Ids are the same in capitals.
    route: `${request.method} ${path.toLowerCase()}`,
    body: request.body,
    onReplay: () => {
      request.isReplayed = true;
    },
  });
}

function reasonIn(request: FastifyRequest): string | null {
  const header = request.headers['x-reason'];
  if (typeof header !== 'string' || header.trim() === '') return null;
  // Node reads header bytes as Latin-1; people write UTF-8.
  const text = new TextDecoder('utf-8', { fatal: false }).decode(Buffer.from(header, 'latin1'));
  const reason = text.includes('\uFFFD') ? header : text;
  if (reason.length > MAX_REASON) {
    throw new Problem('bad_request', `X-Reason is at most ${String(MAX_REASON)} characters.`);
  }
  return reason.trim();
}
