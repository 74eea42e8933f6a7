import proxyAddr from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Finds the address of a client. What a proxy says of it is believed when the proxy is at one of these addresses. */
export function clientFinder(
  proxies: readonly string[],
): (request: IncomingMessage) => string | undefined {
  if (proxies.length === 0) return ({ socket }) => socket.remoteAddress;
  const trust = proxyAddr.compile([...proxies]);
  return (request) => proxyAddr(request, trust);
}

/**
 * By what an address is counted: itself, and of IPv6 its first 64 bits, since whoever has one of those has them all.
 *
 * @param address as the system or a trusted proxy tells it; what is no address counts as one and the same
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const [bare = ''] = address.split('%');
  const ipv4 = MAPPED.exec(bare)?.[1] ?? bare;
  if (isIPv4(ipv4)) return ipv4;
  return isIPv6(bare) ? `${firstGroups(bare).join(':')}::/64` : 'unknown';
}

/** The first four groups of an IPv6 address, without leading zeros. */
function firstGroups(address: string): readonly string[] {
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  // An address that ends as IPv4 does has two groups there.
  const groups = head.length + tail.length + (address.includes('.') ? 1 : 0);
  const zeros = Array<string>(8 - groups).fill('0');
  return head
    .concat(zeros, tail)
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16));
}
