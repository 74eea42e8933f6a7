import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { networkOf } from './address.js';

describe('the network by which an address is counted', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.7', '1:2:3:4::/64'],
    // Seven groups beside the zeros: the last counts for two, so that there is one group of zeros.
    ['1::4:5:6:7:192.0.2.7', '1:0:4:5::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it.each([undefined, '', 'nonsense', '1.2.3', '1:2', '::ffff:300.1.1.1', 'x'.repeat(5_000)])(
    'of what is no address is one and the same: %.20s',
    (address) => {
      expect(networkOf(address)).toBe('unknown');
    },
  );

  it('is the same for all addresses of 64 bits, and another one beyond, however they are written', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const groups = fc.tuple(group, group, group, group);
    fc.assert(
      fc.property(groups, groups, groups, (prefix, one, other) => {
        const written = [...prefix, ...one].map((each) => each.toString(16)).join(':');
        const short = new URL(`http://[${written}]`).hostname.slice(1, -1);
        const neighbour = [...prefix, ...other].map((each) => each.toString(16)).join(':');
        const stranger = [(prefix[0] + 1) % 0x1_0000, ...prefix.slice(1), ...one]
          .map((each) => each.toString(16).padStart(4, '0'))
          .join(':');
        expect(networkOf(short)).toBe(networkOf(written));
        expect(networkOf(neighbour)).toBe(networkOf(written));
        expect(networkOf(stranger)).not.toBe(networkOf(written));
      }),
    );
  });
});
