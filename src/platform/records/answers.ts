import type { FastifyReply } from 'fastify';
import type { View } from '../auth/caller.js';
import { contentTag, versionTag } from '../http/etag.js';
import { pageFrom, type Page } from './page.js';
import type { ListedRecord, StoredRecord } from './stored.record.js';

/** The media type of JSON that is sent as it was written. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Answers with a record: its JSON as Postgres wrote it, and its ETag. Something may be left out of what the public sees, so
 * that the version does not tell one body from another: a digest of the body joins it, always, and tells of nothing.
 */
export function answerRecord(
  reply: FastifyReply,
  record: StoredRecord,
  view: View = 'all',
): string {
  const tag = versionTag(record.version);
  const etag = view === 'public' ? `${tag.slice(0, -1)}.${contentTag(record.json).slice(1)}` : tag;
  void reply.header('content-type', JSON_TYPE).header('etag', etag);
  return record.json;
}

/** Answers with a page; the list was asked for one record more than its limit, which tells whether there is a next page. */
export function answerPage(
  reply: FastifyReply,
  found: readonly ListedRecord[],
  query: { readonly limit: number; readonly list: string },
): string {
  const { data, page } = linkPage(
    reply,
    pageFrom(found, query, (last) => last),
  );
  void reply.header('content-type', JSON_TYPE);
  return `{"data":[${data.map(({ json }) => json).join(',')}],"page":${JSON.stringify(page)}}`;
}

/** Answers with a page of anything else, and says where the next one is. */
export function linkPage<Item>(reply: FastifyReply, page: Page<Item>): Page<Item> {
  if (page.page.next !== null) linkNext(reply, page.page.next);
  return page;
}

/**
 * Sends a reader on to another address, asked in the same way. For now: what has moved may come back, so that the answer
 * is not to be remembered (RFC 9110, 15.4.8).
 */
export function answerMoved(reply: FastifyReply, path: string): string {
  const [, search = ''] = reply.request.url.split('?');
  const params = new URLSearchParams(search).toString();
  const location = params === '' ? path : `${path}?${params}`;
  void reply.code(307).headers({ location, 'cache-control': 'no-cache', vary: 'Authorization' });
  return '';
}

/** Says where the next page is: the same address with another cursor (RFC 8288), in the parameter that takes it. */
export function linkNext(reply: FastifyReply, cursor: string, parameter = 'cursor'): void {
  const [path = '', search = ''] = reply.request.url.split('?');
  const params = new URLSearchParams(search);
  params.set(parameter, cursor);
  void reply.header('link', `<${path}?${params.toString()}>; rel="next"`);
}
