import { isIP } from 'node:net';
import type { WebhookSettings } from './webhooks.settings.js';

/** What may be sent where. */
export type Policy = Pick<WebhookSettings, 'allowsHttp' | 'allows'>;

/**
 * What is wrong with the URL of a webhook; null when nothing is. To where a name leads is looked up when something is sent.
 *
 * @example
 * faultOf('http://127.0.0.1/', policy); // 'url must begin with https://'
 */
export function faultOf(text: string, { allowsHttp, allows }: Policy): string | null {
  const url = URL.parse(text);
  if (url === null) return 'url must be an absolute address';
  if (!hasOpenScheme(url, { allowsHttp })) {
    return `url must begin with https://${allowsHttp ? ' or http://' : ''}`;
  }
  if (url.username !== '' || url.password !== '') return 'url must not hold a name or a password';
  if (text.includes('#')) return 'url must not hold a fragment';
  const host = hostOf(url);
  if (isIP(host) !== 0 && !allows(host)) return 'url must not lead to a closed network';
  return null;
}

/** Whether messages may go by the scheme of a URL. */
export function hasOpenScheme(
  { protocol }: URL,
  { allowsHttp }: Pick<Policy, 'allowsHttp'>,
): boolean {
  return protocol === 'https:' || (allowsHttp && protocol === 'http:');
}

/** The host as the resolver and the judge of addresses take it: of an IPv6 address without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
