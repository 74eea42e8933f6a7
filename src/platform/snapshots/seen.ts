/**
 * Whether all that one snapshot sees is seen by another.
 *
 * @param one as Postgres writes it: the first transaction under way, the first that had not begun, all that were under way
 * @example
 * isWithin('5:8:5,7', '5:9:5'); // true: 7 was under way and is seen now, 8 is new
 */
export function isWithin(one: string, other: string): boolean {
  const [seen, all] = [snapshotOf(one), snapshotOf(other)];
  return (
    seen.next < all.next &&
    [...all.underWay].every((id) => id >= seen.next || seen.underWay.has(id))
  );
}

function snapshotOf(text: string): {
  readonly next: bigint;
  readonly underWay: ReadonlySet<bigint>;
} {
  const [, next = '0', underWay = ''] = text.split(':');
  return {
    next: BigInt(next),
    underWay: new Set(underWay === '' ? [] : underWay.split(',').map(BigInt)),
  };
}
