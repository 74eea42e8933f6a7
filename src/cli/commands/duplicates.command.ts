import { type Command, Option } from 'commander';
import { answered, entriesOf } from '../../client/answers.js';
import { inHeader, type Schemas } from '../../client/client.js';
import { Misuse } from '../exit.js';
import { plain, presentTable } from '../output.js';
import { does, type Ending, type Session } from '../session.js';

type Duplicate = Schemas['Duplicate'];
type Kind = Duplicate['of'];

/** Who may be recorded twice. */
export function addDuplicates(program: Command, ending: Ending): void {
  const duplicates = program
    .command('duplicates')
    .description('who may be recorded twice; needs an editor’s key');
  does(
    duplicates
      .command('list')
      .description('likely pairs, the likeliest first')
      .addOption(ofOption())
      .option('--limit <count>', 'how many at most', '50'),
    ending,
    list,
  );
  does(
    duplicates
      .command('same')
      .description('they are one: merge them, which can be undone')
      .argument('<id>')
      .argument('<other>')
      .addOption(ofOption())
      .option('--keep <id>', 'which of the two stays (the one recorded first)')
      .requiredOption('--reason <text>', 'why; kept with the merge'),
    ending,
    (session, id: string, other: string, asked: Asked) =>
      decide(session, 'same', [id, other], asked),
  );
  does(
    duplicates
      .command('different')
      .description('they are two: not to be asked again')
      .argument('<id>')
      .argument('<other>')
      .addOption(ofOption())
      .option('--reason <text>', 'why; kept with the decision'),
    ending,
    (session, id: string, other: string, asked: Asked) =>
      decide(session, 'different', [id, other], asked),
  );
}

interface Asked {
  readonly of: Kind;
  readonly keep?: string;
  readonly reason?: string;
}

function ofOption(): Option {
  return new Option('--of <kind>', 'of which kind')
    .choices(['people', 'factions'])
    .default('people');
}

async function list(
  { client, output }: Session,
  asked: { readonly of: Kind; readonly limit: string },
): Promise<undefined> {
  if (!/^[1-9]\d{0,5}$/.test(asked.limit)) throw new Misuse('--limit is a whole number from 1 on.');
  const most = Number(asked.limit);
  const pairs: Duplicate[] = [];
  for await (const pair of entriesOf((cursor) =>
    answered(
      client.GET('/v1/duplicates', {
        params: {
          query: {
            of: asked.of,
            limit: Math.min(most, 100),
            ...(cursor !== undefined && { cursor }),
          },
        },
      }),
    ),
  )) {
    pairs.push(pair);
    if (pairs.length === most) break;
  }
  output.give(pairs, () =>
    presentTable([
      ['score', 'names', 'ids', 'reason'],
      ...pairs.map(({ score, names, ids, reason }) => [
        score.toFixed(2),
        names.map((name) => plain(name)).join(' = '),
        ids.join(' '),
        plain(reason),
      ]),
    ]),
  );
}

async function decide(
  { client, output }: Session,
  decision: 'same' | 'different',
  ids: string[],
  { of, keep, reason }: Asked,
): Promise<undefined> {
  if (keep !== undefined && !ids.includes(keep)) throw new Misuse('--keep names one of the two.');
  const body = { of, ids, decision, ...(keep !== undefined && { keep }) };
  const params = { header: reason === undefined ? {} : { 'X-Reason': inHeader(reason) } };
  const decided = await answered(client.POST('/v1/duplicates/decisions', { params, body }));
  output.give(decided, () => [`${ids.map((id) => plain(id)).join(' and ')}: ${decision}`]);
}
