import proxyAddr from '@fastify/proxy-addr';
import { BlockList, isIP } from 'node:net';

/** What is reached by one address or another: networks that hold IPv4 addresses in their last 32 bits. */
const EMBEDDING = ['::ffff:', '64:ff9b::'];

/** Networks of IPv4 that are not the open Internet: IANA's registry, multicast, and where clouds keep their metadata. */
const CLOSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Of IPv6 only what is handed out: everything else is local, or of no use. */
const OPEN_IPV6 = ['2000::/3', ...EMBEDDING.map((prefix) => `${prefix}0:0/96`)];

/** Of that, what is not the open Internet: protocol assignments with Teredo, documentation, and 6to4. */
const CLOSED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const CLOSED = blockListOf([...CLOSED_IPV4, ...CLOSED_IPV6, ...CLOSED_IPV4.flatMap(embedded)]);
const OPEN = blockListOf(OPEN_IPV6);

/** Whether an address is one of the open Internet; false for what is no address. */
export function isOpen(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !CLOSED.check(address, 'ipv4');
    case 6:
      return OPEN.check(address, 'ipv6') && !CLOSED.check(address, 'ipv6');
    default:
      return false;
  }
}

/**
 * Tells whether messages may be sent to an address: to those of the open Internet, and of the operator's networks.
 *
 * @param networks such as `10.0.0.0/8` or `loopback`
 */
export function addressJudge(networks: readonly string[]): (address: string) => boolean {
  const isOwn = proxyAddr.compile([...networks]);
  return (address) => isIP(address) !== 0 && (isOpen(address) || isOwn(address, 0));
}

/** A network of IPv4 as it is reached over IPv6. */
function embedded(network: string): readonly string[] {
  const [address = '', length = ''] = network.split('/');
  return EMBEDDING.map((prefix) => `${prefix}${address}/${String(96 + Number(length))}`);
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length = ''] = network.split('/');
    list.addSubnet(address, Number(length), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
