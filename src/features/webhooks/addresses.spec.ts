import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressJudge, isOpen } from './addresses.js';

/** The first and the last of each network, and what lies just outside. */
const CLOSED = [
  ['this host', '0.0.0.0', '0.255.255.255'],
  ['private, a', '10.0.0.0', '10.255.255.255'],
  ['carriers', '100.64.0.0', '100.127.255.255'],
  ['metadata of Alibaba', '100.100.100.200', '100.100.100.200'],
  ['loopback', '127.0.0.1', '127.255.255.255'],
  ['metadata of Azure', '168.63.129.16', '168.63.129.16'],
  ['link-local', '169.254.0.0', '169.254.255.255'],
  ['metadata of most clouds', '169.254.169.254', '169.254.170.2'],
  ['private, b', '172.16.0.0', '172.31.255.255'],
  ['protocol assignments, metadata of Oracle', '192.0.0.0', '192.0.0.192'],
  ['documentation', '192.0.2.0', '192.0.2.255'],
  ['6to4 relays', '192.88.99.1', '192.88.99.255'],
  ['private, c', '192.168.0.0', '192.168.255.255'],
  ['benchmarks', '198.18.0.0', '198.19.255.255'],
  ['documentation', '198.51.100.0', '203.0.113.255'],
  ['multicast', '224.0.0.1', '239.255.255.255'],
  ['reserved', '240.0.0.0', '255.255.255.254'],
  ['broadcast', '255.255.255.255', '255.255.255.255'],
  ['IPv6: nothing, loopback', '::', '::1'],
  ['IPv6: loopback, written out', '0:0:0:0:0:0:0:1', '0000::0001'],
  ['IPv6: mapped', '::ffff:127.0.0.1', '::ffff:169.254.169.254'],
  ['IPv6: mapped, in hexadecimal', '::ffff:7f00:1', '0:0:0:0:0:ffff:0a00:0001'],
  ['IPv6: mapped, in capitals', '::FFFF:C0A8:0101', '::FFFF:10.0.0.1'],
  ['IPv6: compatible', '::127.0.0.1', '::8.8.8.8'],
  ['IPv6: translated', '64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe'],
  ['IPv6: translated, locally', '64:ff9b:1::1', '64:ff9b:1:ffff::8.8.8.8'],
  ['IPv6: discarded', '100::1', '100::ffff'],
  ['IPv6: Teredo', '2001::1', '2001:0:ffff::1'],
  ['IPv6: benchmarks, ORCHID', '2001:2::1', '2001:20::1'],
  ['IPv6: documentation', '2001:db8::1', '3fff::1'],
  ['IPv6: 6to4, of a private address too', '2002::1', '2002:a00:1::1'],
  ['IPv6: segment routing', '5f00::1', '5f00::ffff'],
  ['IPv6: unique local, metadata of AWS and Google', 'fd00:ec2::254', 'fd20:ce::254'],
  ['IPv6: unique local', 'fc00::', 'fdff:ffff::1'],
  ['IPv6: link-local', 'fe80::1', 'febf::1'],
  ['IPv6: link-local with a zone', 'fe80::1%eth0', 'fe80::1%1'],
  ['IPv6: site-local', 'fec0::1', 'feff::1'],
  ['IPv6: multicast', 'ff02::1', 'ff0e::1'],
  ['no address', '', 'localhost'],
  ['no address, though some take it for one', '127.1', '2130706433'],
  ['no address, octal and hexadecimal', '0177.0.0.1', '0x7f.0.0.1'],
] as const;

const OPEN = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'],
  ...['126.255.255.255', '128.0.0.1', '168.63.129.15', '168.63.129.17', '169.253.255.255'],
  ...['169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.167.255.255', '192.169.0.0'],
  ...['198.17.255.255', '198.20.0.0', '203.0.112.255', '203.0.114.0', '223.255.255.255'],
  ...['2606:4700:4700::1111', '2001:4860:4860::8888', '2a00:1450::1', '2003::1', '3ffe::1'],
  ...['::ffff:8.8.8.8', '::ffff:808:808', '64:ff9b::8.8.8.8'],
];

describe('an address', () => {
  it.each(CLOSED)('is closed: %s', (_, one, other) => {
    expect([isOpen(one), isOpen(other)]).toEqual([false, false]);
  });

  it.each(OPEN)('is open: %s', (address) => {
    expect(isOpen(address)).toBe(true);
  });

  it('of IPv4 is judged alike however it is reached', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isOpen(`::ffff:${address}`)).toBe(isOpen(address));
        expect(isOpen(`64:ff9b::${address}`)).toBe(isOpen(address));
        expect(isOpen(`::${address}`)).toBe(false);
        expect(isOpen(`2002:${address.split('.').map(Number).map(hex).join('')}::1`)).toBe(false);
      }),
    );
  });

  it('of the operator’s networks is allowed, whatever it is, and no other', () => {
    const judge = addressJudge(['10.1.0.0/16', 'fd12::/16', '127.0.0.1']);
    const allowed = ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '127.0.0.1', '8.8.8.8'];
    expect(allowed.filter((address) => !judge(address))).toEqual([]);
    const refused = ['10.2.0.1', '127.0.0.2', '::1', 'fd13::1', '169.254.169.254', 'localhost', ''];
    expect(refused.filter(judge)).toEqual([]);
    expect(addressJudge([])('10.1.2.3')).toBe(false);
    expect(['127.9.9.9', '::1'].map(addressJudge(['loopback']))).toEqual([true, true]);
  });
});

/** Two digits, with a colon after each second byte. */
function hex(byte: number, at: number): string {
  return byte.toString(16).padStart(2, '0') + (at === 1 ? ':' : '');
}
