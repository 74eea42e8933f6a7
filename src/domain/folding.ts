/** Folding: how names are compared that people write in more than one way. */

/**
 * A name without what does not tell one from another: case, outer and repeated spaces, and how Unicode writes it (NFKC).
 *
 * @example
 * folded(' Pakistan  TODAY'); // 'pakistan today'
 */
export function folded(name: string): string {
  const alike = name.normalize('NFKC').toLowerCase().normalize('NFKC');
  return alike.trim().replace(/\s+/gu, ' ');
}
