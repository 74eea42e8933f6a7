import type { FastifyReply } from 'fastify';
import type { KnownRequest } from '../auth/caller.js';
import type { Keep } from './snapshot.js';

/**
 * Says that the answer may be given again as long as what it rests on stays as it is.
 *
 * @param keep.scope the merger whose records it rests on, besides those that belong to none; null: any records
 * @param keep.span the time in the world that it holds for; null when it does not depend on the time
 */
export function keep(reply: FastifyReply, { scope, span }: Keep): void {
  (reply.request as KnownRequest).keep = { scope, span };
}
