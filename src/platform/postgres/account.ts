import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The user that the server runs as; absent when it is the user who runs Accord. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Postgres refuses to run as root, so root hands it to another user: the owner of a cluster that exists already,
 * else `postgres`, else `nobody`, who is everywhere. Anybody else runs it as themselves.
 */
export function serverAccount(clusterOwner?: number): Account | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const accounts = readAccounts();
  const account =
    accounts.find(({ uid }) => uid !== 0 && uid === clusterOwner) ??
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody');
  if (account === undefined) {
    throw new Error(
      'Postgres does not run as root, and there is neither a user postgres nor nobody to run it as. ' +
        'Start Accord as an ordinary user, or set DATABASE_URL.',
    );
  }
  return account;
}

/** Whether the user, being who they are, succeeds in the shell command. Asked of the system, since modes do not tell all. */
export function succeedsAs(account: Account, command: string, path: string): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', command, 'sh', path], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
    stdio: 'ignore',
  });
  return status === 0;
}

function readAccounts(): Account[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
