import type { FastifyInstance } from 'fastify';
import { Problem, invalid } from '../errors/problem.js';

// No body of ours goes deeper than five; recursion over one of a million brackets would end the stack.
export const MAX_DEPTH = 32;

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/** Bodies are JSON, at most 1 MiB. An empty one is no body; a forbidden key (`__proto__`) or bad UTF-8 is refused. */
export function addBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  fastify.addContentTypeParser<Buffer>(JSON_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    let text: string;
    try {
      text = utf8.decode(body);
    } catch {
      done(new Problem('malformed_json', 'The body is not UTF-8.'));
      return;
    }
    if (text.trim() === '') {
      done(null, undefined);
      return;
    }
    void parse(request, text, (error, value: unknown) => {
      if (error)
        done(new Problem('malformed_json', 'The body is not JSON, or has a forbidden key.'));
      else if (isDeeper(value, MAX_DEPTH))
        done(invalid([{ pointer: '', detail: 'the body is nested too deeply' }]));
      else done(null, value);
    });
  });
}

/** Whether something lies deeper in a value than so many objects and lists. */
export function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}
