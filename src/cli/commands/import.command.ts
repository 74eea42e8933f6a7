import { basename } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { answered, entriesOf, Unreachable } from '../../client/answers.js';
import type { AccordClient, Paths, Schemas } from '../../client/client.js';
import { EXIT, type Exit, Misuse } from '../exit.js';
import { openInput } from '../input.js';
import { plain } from '../output.js';
import { showProgress } from '../progress.js';
import { does, type Ending, type Session } from '../session.js';

/** Between two looks at how far an import is, at first and at most, in milliseconds. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 500;

/** A title is no longer, in characters. */
const LONGEST_TITLE = 200;

const TYPES = { popolo: 'application/json', ndjson: 'application/x-ndjson', csv: 'text/csv' };

const ENDINGS: readonly (readonly [RegExp, Format])[] = [
  [/\.(ndjson|jsonl)(\.gz)?$/i, 'ndjson'],
  [/\.json(\.gz)?$/i, 'popolo'],
  [/\.csv(\.gz)?$/i, 'csv'],
];

type Query = Paths['/v1/imports']['post']['parameters']['query'];
type Format = Query['format'];
type Import = Schemas['Import'];
type ImportProblem = Schemas['ImportProblem'];
type ImportRow = Schemas['ImportRow'];

/** Records from elsewhere. */
export function addImport(program: Command, ending: Ending): void {
  does(
    program
      .command('import')
      .description('load records from a file; needs an editor’s key')
      .argument('<file>', 'what to load, also gzipped (.gz); - is stdin')
      .addOption(
        new Option('--format <format>', 'as what (by the name of the file)').choices([
          'popolo',
          'ndjson',
          'csv',
        ]),
      )
      .option('--resource <name>', 'what it holds, for csv: people, factions …')
      .option('--dry-run', 'only tell what would happen, row by row')
      .option('--no-atomic', 'keep the good rows when others are bad')
      .addOption(
        new Option('--source <id>', 'the source that every record cites').conflicts('cite'),
      )
      .option('--title <title>', 'of the import, and of its new source (the name of the file)')
      .option('--no-cite', 'cite no source')
      .option('--scheme <word>', 'whose file it is; Popolo needs it: its ids are known by it')
      .option('--rows <count>', 'how many rows to tell of at most', '50'),
    ending,
    importFile,
  );
}

interface Asked {
  readonly format?: Format;
  readonly resource?: NonNullable<Query['resource']>;
  readonly dryRun?: true;
  readonly atomic: boolean;
  readonly source?: string;
  readonly title?: string;
  readonly cite: boolean;
  readonly scheme?: string;
  readonly rows: string;
}

async function importFile({ client, output }: Session, file: string, asked: Asked): Promise<Exit> {
  if (!/^\d{1,6}$/.test(asked.rows)) throw new Misuse('--rows is a whole number.');
  const staged = await send(client, file, asked);
  const ended = await untilEnded(client, staged);
  const rows = await rowsOf(client, ended, Number(asked.rows));
  output.give({ import: ended, rows }, () => [...headOf(ended), ...rows.flatMap(linesOf)]);
  return exitOf(ended);
}

async function send(client: AccordClient, file: string, asked: Asked): Promise<Import> {
  const format = asked.format ?? ENDINGS.find(([ending]) => ending.test(file))?.[1];
  if (format === undefined) {
    throw new Misuse('--format: say what the file is, since its name does not.');
  }
  if ((format === 'csv') !== (asked.resource !== undefined)) {
    throw new Misuse('--resource goes with csv, and csv with --resource.');
  }
  const { source, size } = await openInput(file);
  const progress = showProgress('send', size, 'MB');
  let broken: Error | undefined;
  source.once('error', (error: Error) => (broken = error));
  try {
    return await answered(
      client.POST('/v1/imports', {
        params: { query: queryOf(file, format, asked) },
        // The document says what the bytes are to the service; here they are still to be read.
        body: '',
        bodySerializer: () =>
          counted(source, (bytes) => {
            progress.reach(bytes);
          }),
        duplex: 'half',
        headers: {
          'content-type': TYPES[format],
          ...(/\.gz$/i.test(file) && { 'content-encoding': 'gzip' }),
        },
      }),
    );
  } catch (error) {
    throw broken ?? error;
  } finally {
    // What was refused on its way is not read to its end.
    source.destroy();
    progress.end();
  }
}

function queryOf(
  file: string,
  format: Format,
  { resource, source, scheme, ...asked }: Asked,
): Query {
  // What comes by stdin is of no name: two of them have nothing to do with each other.
  const name =
    file === '-' ? undefined : Array.from(basename(file)).slice(0, LONGEST_TITLE).join('');
  const title = asked.title ?? name;
  return {
    format,
    ...(resource !== undefined && { resource }),
    dryRun: asked.dryRun === true ? 'true' : 'false',
    atomic: asked.atomic ? 'true' : 'false',
    cite: asked.cite ? 'true' : 'false',
    ...(title !== undefined && { title }),
    ...(source !== undefined && { sourceId: source }),
    ...(scheme !== undefined && { scheme }),
  };
}

/** What comes, as it comes. */
function counted(source: Readable, onRead: (bytes: number) => void): ReadableStream {
  let bytes = 0;
  const count = new Transform({
    transform: (chunk: Buffer, _, done) => {
      onRead((bytes += chunk.length));
      done(null, chunk);
    },
  });
  source.once('error', (error: Error) => count.destroy(error));
  return Readable.toWeb(source.pipe(count)) as ReadableStream;
}

async function untilEnded(client: AccordClient, staged: Import): Promise<Import> {
  const progress = showProgress('apply', staged.rows.total, 'rows');
  const params = { path: { id: staged.id } };
  let now = staged;
  try {
    for (let pause = FIRST_PAUSE; now.endedAt === null; pause *= 2) {
      await sleep(Math.min(pause, LONGEST_PAUSE));
      now = await answered(client.GET('/v1/imports/{id}', { params }));
      progress.reach(now.applied, now.rows.total);
    }
    return now;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    const told = `${error.message}; what becomes of the import is told at /v1/imports/${staged.id}`;
    throw new Unreachable(told, { cause: error });
  } finally {
    progress.end();
  }
}

/** Of a dry run what would be changed, of any import what is refused. */
async function rowsOf(
  client: AccordClient,
  { id, dryRun }: Import,
  most: number,
): Promise<readonly ImportRow[]> {
  const rows: ImportRow[] = [];
  for (const outcome of dryRun
    ? (['refused', 'create', 'update'] as const)
    : (['refused'] as const)) {
    if (rows.length >= most) break;
    const limit = Math.min(most - rows.length, 100);
    for await (const row of entriesOf((cursor) =>
      answered(
        client.GET('/v1/imports/{id}/rows', {
          params: {
            path: { id },
            query: { outcome, limit, ...(cursor !== undefined && { cursor }) },
          },
        }),
      ),
    )) {
      rows.push(row);
      if (rows.length >= most) break;
    }
  }
  return rows;
}

function exitOf({ state, atomic, dryRun, rows, problem }: Import): Exit {
  if (state === 'failed') return problem?.code === 'unavailable' ? EXIT.unreachable : EXIT.bug;
  if (state === 'refused') return EXIT.refused;
  if (rows.refused === 0) return EXIT.ok;
  return dryRun && atomic ? EXIT.refused : EXIT.partly;
}

function headOf({ id, state, dryRun, rows, problem }: Import): readonly string[] {
  const { create, update, unchanged, refused } = rows;
  const counts = Object.entries({ create, update, unchanged, refused });
  return [
    `import ${id} ${dryRun ? 'dry run, nothing changed' : state}: ${counts
      .map(([outcome, count]) => `${outcome} ${String(count)}`)
      .join(', ')}`,
    ...(problem === null ? [] : [lineOf(problem)]),
  ];
}

function lineOf({ code, pointer, detail }: ImportProblem): string {
  return `        ${plain(code)}${pointer === null ? '' : ` ${plain(pointer)}`}: ${plain(detail)}`;
}

function linesOf({
  line,
  outcome,
  recordType,
  recordId,
  fields,
  problems,
  near,
}: ImportRow): readonly string[] {
  const what = [recordType, recordId].filter((part) => part !== null).join(' ');
  const changed = fields.length === 0 ? '' : `: ${fields.join(', ')}`;
  return [
    `${String(line).padStart(6)}  ${outcome.padEnd(7)}  ${plain(what)}${plain(changed)}`.trimEnd(),
    ...problems.map(lineOf),
    ...near.map(
      ({ id, name, score }) => `        near: ${plain(name)} (${score.toFixed(2)}) ${id}`,
    ),
  ];
}
