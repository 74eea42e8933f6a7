import pg from 'pg';

/** What Postgres gives at the end of a backup, to be put beside the copied files. */
export interface BackupEnd {
  /** What tells the restored server from where on to replay. */
  readonly label: string;
  /** The first and the last file of the write-ahead log that a restore needs. */
  readonly firstLog: string;
  readonly lastLog: string;
}

/** What is in a database, to be told to whoever has restored it. */
export interface Contents {
  readonly revisions: number;
  readonly changes: number;
}

/** Connects to a running server, and says where its data is. */
export async function connectToServer(
  url: string,
): Promise<{ readonly client: pg.Client; readonly data: string }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that goes away is noticed by the next statement.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ data: string }>(
    `SELECT current_setting('data_directory') AS data`,
  );
  return { client, data: rows[0]?.data ?? '' };
}

/**
 * From here on the files may be copied while they are written to. What is logged meanwhile is kept until the session ends,
 * with which the backup ends too, however that comes.
 *
 * @returns the first file of the log that a restore needs
 */
export async function beginBackup(client: pg.Client): Promise<string> {
  await client.query(
    `SELECT pg_create_physical_replication_slot('accord_backup_' || pg_backend_pid(), true, true)`,
  );
  const { rows } = await client.query<{ log: string }>(
    `SELECT pg_walfile_name(pg_backup_start('accord', fast => true)) AS log`,
  );
  return rows[0]?.log ?? '';
}

/** Ends a backup that began at a file of the log. Every file of the log up to the last is written by then. */
export async function endBackup(client: pg.Client, firstLog: string): Promise<BackupEnd> {
  const { rows } = await client.query<{ label: string; log: string }>(
    `SELECT stopped.labelfile AS label, pg_walfile_name(stopped.lsn) AS log
     FROM pg_backup_stop(wait_for_archive => false) AS stopped`,
  );
  return { label: rows[0]?.label ?? '', firstLog, lastLog: rows[0]?.log ?? '' };
}

/** Looks into a database that was restored. */
export async function readContents(url: string): Promise<Contents> {
  const { client } = await connectToServer(url);
  try {
    const { rows } = await client.query<Contents>(
      `SELECT (SELECT count(*)::int FROM revisions) AS revisions, (SELECT count(*)::int FROM changes) AS changes`,
    );
    return rows[0] ?? { revisions: 0, changes: 0 };
  } finally {
    await client.end();
  }
}
