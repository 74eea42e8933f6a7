import type pg from 'pg';

/**
 * The operator's address, with our settings of the session beside those that it may have.
 *
 * @param settings as Postgres takes them at the start of a session: `-c TimeZone=UTC`
 */
export function sessionAt(
  url: string,
  settings: string,
): Pick<pg.ClientConfig, 'connectionString' | 'options'> {
  const address = new URL(url);
  const theirs = address.searchParams.get('options');
  address.searchParams.delete('options');
  const options = [...(theirs === null ? [] : [theirs]), settings].join(' ');
  return { connectionString: address.href, options };
}
