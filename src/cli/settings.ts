import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '../client/client.js';
import { Misuse } from './exit.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** What stands on the command line. */
export interface Given {
  readonly url?: string;
  readonly keyFile?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whom to ask, and as whom.
 *
 * The folder `~/.config/accord` may name an address (`url`) and hold a key (`key`). That key is for that address and goes to
 * no other.
 *
 * @throws Misuse that says what is wrong and repeats no key
 */
export function readAccess(given: Given, env: Environment): Access {
  const folder = join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'accord');
  const home = readUrl(lineOf(join(folder, 'url')) ?? DEFAULT_URL);
  const url = given.url ?? env['ACCORD_URL'];
  const address = url === undefined || url === '' ? home : readUrl(url);
  return {
    url: address.href,
    key: readKey(given, env, address.href === home.href ? folder : null),
  };
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Misuse('The address must be a URL such as https://accord.example.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new Misuse('The address holds a password. Keys go into ACCORD_KEY or a file.');
  }
  return url;
}

function readKey({ keyFile }: Given, env: Environment, folder: string | null): string | undefined {
  const key =
    keyFile === undefined
      ? (valueOf(env['ACCORD_KEY']) ?? (folder === null ? undefined : lineOf(join(folder, 'key'))))
      : requireLine(keyFile);
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new Misuse('The key holds what no key holds: it is printable ASCII without spaces.');
  }
  return key;
}

function valueOf(text: string | undefined): string | undefined {
  const value = text?.trim();
  return value === '' ? undefined : value;
}

function requireLine(path: string): string {
  const line = lineOf(path);
  if (line === undefined) throw new Misuse(`There is no key in ${path}.`);
  return line;
}

/** The first line of a file; undefined when there is none. */
function lineOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return valueOf(readFileSync(path, 'utf8').split('\n')[0]);
  } catch (error) {
    throw new Misuse(`${path} cannot be read: ${(error as Error).message}`);
  }
}
