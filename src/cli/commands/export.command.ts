import { randomBytes } from 'node:crypto';
import { createWriteStream, type Stats } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { answered, unreachable } from '../../client/answers.js';
import type { Paths } from '../../client/client.js';
import { Misuse } from '../exit.js';
import { showProgress } from '../progress.js';
import { does, type Ending, type Session } from '../session.js';

/** Everything there is, for others. */
export function addExport(program: Command, ending: Ending): void {
  does(
    program
      .command('export')
      .description('everything that you may see, on stdout or into a file')
      .argument('[file]', 'where to; it is there when it is whole')
      .addOption(
        new Option('--format <format>', 'as what')
          .choices(['popolo', 'ndjson', 'csv'])
          .default('popolo'),
      )
      .option('--resource <name>', 'what, for csv: people, factions …')
      .option('--as-of <time>', 'what was true in the world then')
      .option('--known-at <time>', 'what was recorded by then')
      .option('--public', 'only what everybody may see'),
    ending,
    exportAll,
  );
}

type Query = Paths['/v1/export']['get']['parameters']['query'];

interface Asked {
  readonly format: Query['format'];
  readonly resource?: NonNullable<Query['resource']>;
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly public?: true;
}

async function exportAll(
  { client, output }: Session,
  file: string | undefined,
  { format, resource, asOf, knownAt, public: isPublic }: Asked,
): Promise<undefined> {
  if ((format === 'csv') !== (resource !== undefined)) {
    throw new Misuse('--resource goes with --format csv, and --format csv with --resource.');
  }
  const query = {
    format,
    ...(resource !== undefined && { resource }),
    ...(asOf !== undefined && { asOf }),
    ...(knownAt !== undefined && { knownAt }),
    ...(isPublic === true && { view: 'public' as const }),
  };
  const there = file === undefined ? undefined : await lookAt(file);
  const body = await answered(client.GET('/v1/export', { params: { query }, parseAs: 'stream' }));
  if (file === undefined) {
    await carry(body, toStdout());
    return;
  }
  const bytes =
    there?.isFile() === false
      ? await carry(body, createWriteStream(file))
      : await putInPlace(body, file, there);
  output.give({ file, bytes }, () => [`${String(bytes)} bytes are in ${file}`]);
}

/** What is there; undefined when nothing is. */
async function lookAt(file: string): Promise<Stats | undefined> {
  const there = await stat(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  if (there?.isDirectory() === true) throw new Misuse(`${file} is a folder.`);
  return there ?? undefined;
}

/** Writes a file under another name, of its own whoever writes there too; those who may read it are those who could before. */
async function putInPlace(
  body: ReadableStream<Uint8Array>,
  file: string,
  there: Stats | undefined,
): Promise<number> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.part`;
  const mode = (there?.mode ?? 0o666) & 0o777;
  try {
    const bytes = await carry(body, createWriteStream(draft, { flags: 'wx', flush: true, mode }));
    await rename(draft, file);
    return bytes;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Returns how many bytes there were. What breaks off on the way throws. */
async function carry(body: ReadableStream<Uint8Array>, target: Writable): Promise<number> {
  const progress = showProgress('export', null, 'MB');
  let bytes = 0;
  const count = new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      progress.reach(bytes);
      done(null, chunk);
    },
  });
  const source = Readable.fromWeb(body);
  // Each fails after the other: who was the first is to blame.
  let first: 'source' | 'target' | undefined;
  source.once('error', () => (first ??= 'source'));
  target.once('error', () => (first ??= 'target'));
  try {
    await pipeline(source, count, target);
    return bytes;
  } catch (error) {
    throw first === 'target' ? error : unreachable(error);
  } finally {
    progress.end();
  }
}

/** Stays open for whoever says something after us. */
function toStdout(): Writable {
  return new Writable({
    write: (chunk: Buffer, _, done) => {
      process.stdout.write(chunk, done);
    },
  });
}
