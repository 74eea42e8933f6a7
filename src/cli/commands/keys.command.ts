import { rm, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { answered, allOf } from '../../client/answers.js';
import type { AccordClient, Schemas } from '../../client/client.js';
import { plain, presentTable } from '../output.js';
import { does, type Ending, type Session } from '../session.js';

/** The keys of writers; for admins. */
export function addKeys(program: Command, ending: Ending): void {
  const keys = program.command('keys').description('the keys of writers; needs an admin’s key');
  does(keys.command('list').description('all keys, revoked ones too'), ending, list);
  does(
    keys
      .command('issue')
      .description('make a key; it is shown this once')
      .argument('<name>', 'whose key it is, or what for')
      .addOption(
        new Option('--role <role>', 'what its holder may do')
          .choices(['editor', 'admin'])
          .default('editor'),
      )
      .option('--to <file>', 'write it there, for your eyes only, instead of showing it'),
    ending,
    issue,
  );
  does(
    keys.command('revoke').description('revoke a key, for good').argument('<id>'),
    ending,
    revoke,
  );
}

async function list({ client, output }: Session): Promise<undefined> {
  const keys = await allOf((cursor) =>
    answered(
      client.GET('/v1/keys', {
        params: { query: { limit: 100, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  output.give(keys, () =>
    presentTable([
      ['id', 'name', 'role', 'made', 'revoked'],
      ...keys.map(({ id, name, role, createdAt, revokedAt }) => [
        id,
        plain(name),
        role,
        createdAt,
        revokedAt ?? '–',
      ]),
    ]),
  );
}

interface Issue {
  readonly role: Schemas['KeyCreate']['role'];
  readonly to?: string;
}

async function issue(
  { client, output }: Session,
  name: string,
  { role, to }: Issue,
): Promise<undefined> {
  if (to === undefined) {
    const made = await answered(client.POST('/v1/keys', { body: { name, role } }));
    output.give(made, () => [made.key]);
    return;
  }
  // What cannot be written down must not be made.
  await writeFile(to, '', { mode: 0o600, flag: 'wx' });
  let madeId: string | undefined;
  try {
    const { key, ...made } = await answered(client.POST('/v1/keys', { body: { name, role } }));
    madeId = made.id;
    await writeFile(to, `${key}\n`);
    output.give({ ...made, file: to }, () => [`${made.id} is in ${to}`]);
  } catch (error) {
    await rm(to);
    // Or nobody has it, and it can be used.
    if (madeId !== undefined) await revokeKey(client, madeId);
    throw error;
  }
}

async function revoke({ client, output }: Session, id: string): Promise<undefined> {
  await revokeKey(client, id);
  output.give({ id, revoked: true }, () => [`${plain(id)} is revoked`]);
}

async function revokeKey(client: AccordClient, id: string): Promise<void> {
  await answered(client.DELETE('/v1/keys/{id}', { params: { path: { id } } }));
}
