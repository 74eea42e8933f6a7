const NO_FOLDER = ['EEXIST', 'ENOTDIR'];
const NO_ACCESS = ['EACCES', 'EPERM', 'EROFS'];
const NO_ADDRESS = ['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'EINVAL', 'EAFNOSUPPORT'];

/** Why the database of DATABASE_URL cannot be used: where it is, but no password. */
export function databaseTrouble(url: string, error: unknown): Error {
  const { host, pathname } = new URL(url);
  return trouble('DATABASE_URL', `the database ${host}${pathname} cannot be reached`, error);
}

/** What the system says of a file in ACCORD_DATA, told as a matter of that variable; any other error as it is. */
export function folderTrouble(folder: string, error: unknown): unknown {
  if (!Error.isError(error) || !('path' in error) || codeOf(error) === undefined) return error;
  const code = codeOf(error) ?? '';
  if (NO_FOLDER.includes(code)) return trouble('ACCORD_DATA', `${folder} is not a folder`, error);
  if (NO_ACCESS.includes(code)) {
    return trouble('ACCORD_DATA', `${folder} is not open to the user who runs Accord`, error);
  }
  return trouble('ACCORD_DATA', `${folder} cannot be used`, error);
}

/** Where somebody wants to listen; `variable` sets the port. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly variable?: 'PORT' | 'METRICS_PORT';
}

/** Whether somebody else listens there already. */
export function isTaken(error: unknown): boolean {
  return codeOf(error) === 'EADDRINUSE';
}

/** Why nobody can listen at a place, by the variable that is to blame. */
export function listenTrouble({ host, port, variable = 'PORT' }: Place, error: unknown): unknown {
  const code = codeOf(error);
  if (isTaken(error)) return trouble(variable, `${String(port)} is taken on ${host}`, error);
  if (code === 'EACCES') {
    return trouble(variable, `${String(port)} is not for the user who runs Accord`, error);
  }
  if (code !== undefined && NO_ADDRESS.includes(code)) {
    return trouble('HOST', `${host} is no address of this machine`, error);
  }
  return error;
}

function trouble(variable: string, finding: string, error: unknown): Error {
  const code = codeOf(error);
  const text = `${variable}: ${finding}: ${messageOf(error)}`.replaceAll(/\s+/g, ' ');
  const named = code === undefined || text.includes(code) ? text : `${text} (${code})`;
  return new Error(named, { cause: error });
}

/** A host of several addresses fails with several errors, and no message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join(', ');
  }
  return Error.isError(error) ? error.message : String(error);
}

function codeOf(error: unknown): string | undefined {
  return Error.isError(error) && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
