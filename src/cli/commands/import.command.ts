import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { answered, entriesOf } from '../../client/answers.js';
import type { AccordClient, Paths, Schemas } from '../../client/client.js';
import { EXIT, type Exit, Misuse } from '../exit.js';
import { plain } from '../output.js';
import { showProgress } from '../progress.js';
import { does, type Ending, type Session } from '../session.js';

/** Between two looks at how far an import is, in milliseconds. */
const PAUSE = 250;

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
      .option('--source <id>', 'the source that every record cites')
      .option('--title <title>', 'the title of a new source (the name of the file)')
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
  if (file !== '-' && !existsSync(file)) throw new Misuse(`There is no file ${file}.`);
  const progress = showProgress('send', file === '-' ? null : statSync(file).size, 'MB');
  try {
    return await answered(
      client.POST('/v1/imports', {
        params: { query: queryOf(file, format, asked) },
        // The document says what the bytes are to the service; here they are still to be read.
        body: '',
        bodySerializer: () =>
          counted(file, (bytes) => {
            progress.reach(bytes);
          }),
        duplex: 'half',
        headers: {
          'content-type': TYPES[format],
          ...(/\.gz$/i.test(file) && { 'content-encoding': 'gzip' }),
        },
      }),
    );
  } finally {
    progress.end();
  }
}

function queryOf(file: string, format: Format, { resource, source, ...asked }: Asked): Query {
  const title = asked.title ?? (file === '-' ? 'stdin' : basename(file));
  return {
    format,
    ...(resource !== undefined && { resource }),
    dryRun: asked.dryRun === true ? 'true' : 'false',
    atomic: asked.atomic ? 'true' : 'false',
    ...(source === undefined ? { title } : { sourceId: source }),
  };
}

/** The file, as it is read. */
function counted(file: string, onRead: (bytes: number) => void): ReadableStream {
  let bytes = 0;
  const count = new Transform({
    transform: (chunk: Buffer, _, done) => {
      onRead((bytes += chunk.length));
      done(null, chunk);
    },
  });
  const source = file === '-' ? process.stdin : createReadStream(file);
  source.once('error', (error: Error) => count.destroy(error));
  return Readable.toWeb(source.pipe(count)) as ReadableStream;
}

async function untilEnded(client: AccordClient, staged: Import): Promise<Import> {
  const progress = showProgress('apply', staged.rows.total, 'rows');
  const params = { path: { id: staged.id } };
  let now = staged;
  try {
    while (now.endedAt === null && ['staged', 'applying'].includes(now.state)) {
      await sleep(PAUSE);
      now = await answered(client.GET('/v1/imports/{id}', { params }));
      progress.reach(now.applied, now.rows.total);
    }
    return now;
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

function exitOf({ state, atomic, dryRun, rows }: Import): Exit {
  if (state === 'failed') return EXIT.bug;
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
