import type { Command } from 'commander';
import { answered, allOf } from '../../client/answers.js';
import { plain, presentTable } from '../output.js';
import { does, type Ending, type Session } from '../session.js';

/** Which mergers there are. */
export function addMergers(program: Command, ending: Ending): void {
  does(
    program
      .command('mergers')
      .description('which mergers there are')
      .option('--query <name>', 'those with this name, in any script'),
    ending,
    list,
  );
}

async function list(
  { client, output }: Session,
  { query }: { readonly query?: string },
): Promise<undefined> {
  const asked = { limit: 100, ...(query !== undefined && { q: query }) };
  const mergers = await allOf((cursor) =>
    answered(
      client.GET('/v1/mergers', {
        params: { query: { ...asked, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  output.give(mergers, () =>
    presentTable([
      ['slug', 'title', 'outcome', 'id'],
      ...mergers.map(({ id, slug, title, outcome }) => [
        slug ?? '–',
        plain(title),
        outcome ?? '–',
        id,
      ]),
    ]),
  );
}
