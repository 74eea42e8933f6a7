import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { answered } from '../../client/answers.js';
import type { AccordClient } from '../../client/client.js';
import { followChanges, type Told } from '../../client/stream.js';
import { Misuse } from '../exit.js';
import { plain } from '../output.js';
import { does, type Ending, type Session } from '../session.js';

/** What was changed, and what is being changed. */
export function addChanges(program: Command, ending: Ending): void {
  does(
    program
      .command('changes')
      .description('every change of every record')
      .option('--follow', 'go on with what happens, and begin with that')
      .option('--after <cursor>', 'begin after this cursor')
      .option('--cursor-file <file>', 'begin after the cursor in it, and keep the last one there')
      .option('--merger <id>', 'only what belongs to this merger, by its id or slug'),
    ending,
    tell,
  );
}

interface Asked {
  readonly follow?: true;
  readonly after?: string;
  readonly cursorFile?: string;
  readonly merger?: string;
}

async function tell(session: Session, asked: Asked): Promise<undefined> {
  const { client, output } = session;
  const after = asked.after ?? keptIn(asked.cursorFile);
  const mergerId = asked.merger === undefined ? undefined : await idOf(client, asked.merger);
  const keep = (cursor: string): void => {
    if (asked.cursorFile !== undefined) keepIn(asked.cursorFile, cursor);
  };
  const keepWhenTold = async (cursor: string): Promise<void> => {
    await output.left();
    keep(cursor);
  };
  if (asked.follow === undefined) {
    for await (const page of pagesOf(client, after, mergerId)) {
      for (const change of page.data) output.give(change, () => [lineOf(change)]);
      await keepWhenTold(page.page.next);
    }
    return;
  }
  const told = followChanges(client, {
    mergerId,
    after,
    onLost: (reason) => {
      output.say(`The connection is lost (${plain(reason)}), and tried again.`);
    },
    onFound: (cursor) => {
      keep(cursor);
      output.say('Following.');
    },
  });
  for await (const { cursor, change } of told) {
    output.give({ ...change, cursor }, () => [lineOf(change)]);
    await keepWhenTold(cursor);
  }
}

/** The cursor in a file; undefined where there is no file yet. */
function keptIn(file: string | undefined): string | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  const cursor = readFileSync(file, 'utf8').trim();
  // To begin anew would pass over what happened meanwhile.
  if (cursor === '') throw new Misuse(`There is no cursor in ${file}: remove it to begin anew.`);
  return cursor;
}

/** Whoever kills us leaves the cursor before or this one. */
function keepIn(file: string, cursor: string): void {
  const draft = `${file}.part`;
  writeFileSync(draft, `${cursor}\n`, { flush: true });
  renameSync(draft, file);
}

type Change = Told['change'];

async function* pagesOf(
  client: AccordClient,
  after: string | undefined,
  mergerId: string | undefined,
): AsyncGenerator<{ readonly data: readonly Change[]; readonly page: { readonly next: string } }> {
  const filter = { limit: 100, ...(mergerId !== undefined && { mergerId }) };
  let cursor = after;
  for (;;) {
    const query = { ...filter, ...(cursor !== undefined && { after: cursor }) };
    const page = await answered(client.GET('/v1/changes', { params: { query } }));
    yield page;
    if (page.data.length === 0 || page.page.next === cursor) return;
    cursor = page.page.next;
  }
}

async function idOf(client: AccordClient, merger: string): Promise<string> {
  const { id } = await answered(
    client.GET('/v1/mergers/{id}', { params: { path: { id: merger } } }),
  );
  return id;
}

function lineOf({
  recordedAt,
  operation,
  recordType,
  recordId,
  version,
  actor,
  reason,
}: Change): string {
  const what = `${recordType} ${recordId}${version === null ? '' : ` v${String(version)}`}`;
  const by = actor == null ? '' : `  by ${plain(actor)}`;
  return `${recordedAt}  ${operation.padEnd(9)}  ${what}${by}${reason == null ? '' : `: ${plain(reason)}`}`;
}
