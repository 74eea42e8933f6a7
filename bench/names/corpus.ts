import { readFile } from 'node:fs/promises';

/** Somebody by the main name, and by other spellings of it, each once. */
export interface Spelled {
  readonly name: string;
  readonly spellings: readonly string[];
}

/** People and their spellings, and where they are from. */
export interface Corpus {
  readonly title: string;
  readonly people: readonly Spelled[];
  /** Whether nobody is to see what is missed in it: nothing is chosen by it. */
  readonly isHeldOut: boolean;
}

/** The lists of the project: people of many countries, so that no one file decides. */
const LISTS = [
  { title: 'Own list', path: 'bench/names/spellings.txt', isHeldOut: false },
  { title: 'Held-out list', path: 'bench/names/held-out.txt', isHeldOut: true },
];

/** The project's own lists: a person a line, the spellings parted by bars. */
export async function readLists(): Promise<readonly Corpus[]> {
  return Promise.all(
    LISTS.map(async ({ title, path, isHeldOut }) => {
      const lines = (await readFile(path, 'utf8')).split('\n');
      const people = lines
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => spelled(line.split('|').map((name) => name.trim())));
      return { title, people, isHeldOut };
    }),
  );
}

/**
 * The people of a Popolo file, by their names and other names.
 *
 * @throws Error that names the file, when it is none
 */
export async function readPopolo(path: string): Promise<Corpus> {
  const file = JSON.parse(await readFile(path, 'utf8')) as { readonly persons?: unknown };
  if (!Array.isArray(file.persons)) throw new Error(`${path} is not Popolo: it has no persons.`);
  const people = (file.persons as readonly PopoloPerson[]).map(
    ({ name, other_names: others = [] }) => spelled([name, ...others.map((other) => other.name)]),
  );
  return { title: 'Popolo file', people, isHeldOut: false };
}

interface PopoloPerson {
  readonly name: string;
  readonly other_names?: readonly { readonly name: string }[];
}

function spelled([name = '', ...others]: readonly string[]): Spelled {
  return { name, spellings: [...new Set(others)].filter((other) => other !== name) };
}

/** The scripts that are told apart, and how much of each is to be found first. */
export const SCRIPTS = [
  { script: 'Latin', letters: /\p{Script=Latin}/u, target: 0.96 },
  { script: 'Arabic', letters: /\p{Script=Arabic}/u, target: 0.94 },
  { script: 'Indic', letters: /[\u0900-\u0d7f]/u, target: null },
  { script: 'Cyrillic', letters: /\p{Script=Cyrillic}/u, target: null },
  { script: 'Greek', letters: /\p{Script=Greek}/u, target: null },
  { script: 'other', letters: /\p{L}/u, target: null },
] as const;

export type Script = (typeof SCRIPTS)[number]['script'];

/** The script of a name: that of the first that it has a letter of. */
export function scriptOf(name: string): Script {
  return SCRIPTS.find(({ letters }) => letters.test(name))?.script ?? 'other';
}
