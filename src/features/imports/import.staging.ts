import type { Readable } from 'node:stream';
import type { Read } from '../../platform/prisma/database.js';
import type { Definitions } from '../../platform/records/record.definition.js';
import { definitionOf } from '../../platform/records/references.db.js';
import { readCsv } from './csv.file.js';
import { bytesOf } from './file.bytes.js';
import type { ImportAsked, ReadRow, StagedRow } from './import.rows.js';
import { noteProgress } from './imports.db.js';
import { readNdjson } from './ndjson.file.js';
import { readPopolo } from './popolo.file.js';
import { stagedRow } from './row.staging.js';
import { analyzeStaging, stageRows } from './staging.db.js';

/** So many rows are put aside by one statement, and no more of the file is in memory. */
const AT_ONCE = 500;

/** A file on its way to us. */
export interface SentFile {
  readonly body: Readable;
  readonly encoding: string | undefined;
}

/**
 * Reads a file as it comes, and puts its rows aside until they are applied.
 *
 * @throws Problem for a file that cannot be read at all; whatever breaks the connection
 */
export async function stageFile(
  change: Read,
  definitions: Definitions,
  {
    importId,
    asked,
    file,
  }: { readonly importId: string; readonly asked: ImportAsked; readonly file: SentFile },
): Promise<void> {
  let [rows, nth]: [StagedRow[], number] = [[], 0];
  const flush = async (): Promise<void> => {
    if (rows.length > 0) await stageRows(change, importId, rows);
    await noteProgress(change, importId, { total: nth });
    rows = [];
  };
  for await (const read of rowsOf(asked, definitions, file)) {
    nth += 1;
    rows.push(await stagedRow(definitions, read, nth));
    if (rows.length === AT_ONCE) await flush();
  }
  await flush();
  await analyzeStaging(change);
}

function rowsOf(
  { format, resource, scheme }: ImportAsked,
  definitions: Definitions,
  { body, encoding }: SentFile,
): AsyncGenerator<ReadRow, undefined> {
  const chunks = bytesOf(body, encoding);
  switch (format) {
    case 'popolo':
      return readPopolo(chunks, scheme);
    case 'ndjson':
      return readNdjson(chunks);
    case 'csv':
      return readCsv(chunks, definitionOf(definitions, resource ?? 'people'));
  }
}
