import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Author } from '../../platform/auth/caller.js';
import { readDatabaseError } from '../../platform/errors/database.errors.js';
import { Problem } from '../../platform/errors/problem.js';
import { alsoBy } from '../../platform/once/once.js';
import type { Parameters } from '../../platform/http/query.reader.js';
import { isUuid } from '../../platform/http/text.js';
import { Leases } from '../../platform/postgres/leases.js';
import { Database } from '../../platform/prisma/database.js';
import type { Transaction } from '../../platform/prisma/transaction.js';
import { columnsOf } from '../../platform/records/field.js';
import { byId, pageFrom, type Page } from '../../platform/records/page.js';
import { DEFINITIONS, type Definitions } from '../../platform/records/record.definition.js';
import { definitionOf } from '../../platform/records/references.db.js';
import {
  isJudgedUnwritten,
  judgeRows,
  refuseLost,
  writeRows,
  type Applying,
} from './import.applying.js';
import { holdRecords, holdSource } from './holding.db.js';
import { ALL_OR_NOTHING, SOURCE_IS_GONE, forget, told } from './import.ending.js';
import type { ImportAsked } from './import.rows.js';
import type { ImportView, KeptRow } from './import.view.js';
import { stageFile, type SentFile } from './import.staging.js';
import {
  clearStaging,
  digestOf,
  endImport,
  failAbandoned,
  forgetOldRows,
  insertImport,
  isLiveSource,
  leaseOf,
  listImports,
  listRows,
  lockImports,
  newImportId,
  noteApplying,
  noteDigest,
  noteProgress,
  type Ending,
} from './imports.db.js';
import { readImportAsked, readImportsQuery, readRowsQuery } from './imports.query.js';
import { findNear } from './near.db.js';
import { analyzeStaging, countRefused, keepOutcomes, refuseRows } from './staging.db.js';

/** How long an import may take to be applied, and one statement of it, in milliseconds. */
const LONGEST = 3_600_000;
const PATIENCE = 1_800_000;

/** Takes files in: as they come they are put aside, then all of it is applied in one transaction, or nothing. */
@Injectable()
export class ImportsService implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('Import');
  /** One after another: each that is applied needs a connection, and they would wait for each other anyhow. */
  private last: Promise<unknown> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
    @Inject(DEFINITIONS) private readonly definitions: Definitions,
  ) {}

  /**
   * Takes a file: when it returns all of it is here, and will be applied.
   *
   * @throws Problem `validation_failed`, `reference_not_found` for the source, `unreadable_file`
   */
  async receive(query: Parameters, file: SentFile, author: Author): Promise<ImportView> {
    const asked = readImportAsked(query);
    await this.requireSource(asked);
    await failAbandoned(this.database.beside);
    await forgetOldRows(this.database.beside);
    const id = await newImportId(this.database.read);
    await this.leases.take(leaseOf(id));
    try {
      const kept = await this.database.write(askedOnce(author, asked), async (tx) => {
        await insertImport(tx, id, asked, author.name);
        return { id };
      });
      if (kept.id !== id) return await this.replayed(kept.id, id, file);
      const hash = createHash('sha256');
      file.body.on('data', (chunk: Buffer) => hash.update(chunk)).pause();
      await stageFile(this.database.beside, this.definitions, { importId: id, asked, file });
      await noteDigest(this.database.beside, id, hash.digest());
    } catch (error) {
      await this.end(id, { state: 'failed', problem: told(error) });
      await forget(file.body);
      throw error;
    }
    const view = await this.read(id);
    this.last = this.last.then(() => this.apply(id, asked, author));
    return view;
  }

  /** A page of imports, the newest first. */
  async list(query: Parameters): Promise<Page<ImportView>> {
    const { before, limit, list } = readImportsQuery(query);
    await failAbandoned(this.database.beside);
    const found = await listImports(this.database.read, { id: null, before, limit: limit + 1 });
    return pageFrom(found, { limit, list }, byId);
  }

  /**
   * One import, and how far it is.
   *
   * @throws Problem `not_found`
   */
  async read(id: string): Promise<ImportView> {
    if (isUuid(id)) await failAbandoned(this.database.beside);
    const asked = { id, before: null, limit: 1 };
    const [found] = isUuid(id) ? await listImports(this.database.read, asked) : [];
    if (!found) throw new Problem('not_found', 'There is no such import.');
    return found;
  }

  /**
   * A page of what became of the rows of an import, in the order of the file.
   *
   * @throws Problem `not_found`
   */
  async rows(id: string, query: Parameters): Promise<Page<Omit<KeptRow, 'nth'>>> {
    const { list, ...asked } = readRowsQuery(id, query);
    await this.read(id);
    const found = await listRows(this.database.read, { ...asked, limit: asked.limit + 1 });
    const { limit } = asked;
    const page = pageFrom(found, { limit, list }, ({ nth }) => ({ key: String(nth), id }));
    return { ...page, data: page.data.map((row) => this.shown(row)) };
  }

  /** What is being applied is given up, and said to have failed while that can be said. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.last;
  }

  /** Fields are called as over the API. */
  private shown(row: KeptRow): Omit<KeptRow, 'nth'> {
    const { line, recordType, outcome, recordId, fields, problems, near } = row;
    const { fields: declared } = definitionOf(this.definitions, recordType);
    const named = declared.filter((field) =>
      columnsOf(field).some((column) => fields.includes(column)),
    );
    const names = named.map(({ name }) => name);
    return { line, recordType, outcome, recordId, fields: names, problems, near };
  }

  private async requireSource({ sourceId }: ImportAsked): Promise<void> {
    if (sourceId === null || (await isLiveSource(this.database.read, sourceId))) return;
    const detail = 'there is no record in /sources with this id';
    throw new Problem('reference_not_found', `sourceId: ${detail}.`, {
      errors: [{ pointer: '?sourceId', detail }],
    });
  }

  /** The import that was made under this Idempotency-Key before, if it is of the same file. */
  private async replayed(kept: string, made: string, { body }: SentFile): Promise<ImportView> {
    await this.leases.give(leaseOf(made));
    const digest = await digestOf(this.database.read, kept);
    const hash = createHash('sha256');
    for await (const chunk of body) hash.update(chunk as Buffer);
    if (!digest) {
      const detail = 'The file that is sent with this Idempotency-Key is still on its way.';
      throw new Problem('idempotency_key_in_use', detail, {}, { 'retry-after': '1' });
    }
    if (!hash.digest().equals(digest)) {
      const detail = 'This Idempotency-Key was sent with another file before.';
      throw new Problem('idempotency_key_reused', detail);
    }
    return this.read(kept);
  }

  private async apply(id: string, asked: ImportAsked, author: Author): Promise<void> {
    // Done once already: it is the import that is.
    const { name, keyId, reason, requestId } = author;
    const by = { name, keyId, reason, requestId };
    try {
      await this.database.write(by, (tx) => this.applyWithin(tx, id, asked), {
        timeout: LONGEST,
        patience: PATIENCE,
      });
      await this.leases.give(leaseOf(id));
    } catch (error) {
      const isRefused = readDatabaseError(error)?.kind === 'constraint';
      await this.end(id, { state: isRefused ? 'refused' : 'failed', problem: told(error) });
      if (!isRefused && !(error instanceof Problem))
        this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error);
    }
  }

  /** All of it or nothing: what is refused takes back what was tried, and what is left is tried again. */
  private async applyWithin(tx: Transaction, importId: string, asked: ImportAsked): Promise<void> {
    await lockImports(tx);
    await noteApplying(this.database.beside, importId);
    const applying: Applying = {
      tx,
      importId,
      asked,
      definitions: this.definitions,
      onProgress: async (applied) => {
        if (this.isStopping) throw new Problem('unavailable', 'The service is being stopped.');
        await noteProgress(this.database.beside, importId, { applied });
      },
    };
    await judgeRows(applying);
    await analyzeStaging((text, values) => tx.query(text, values));
    if (asked.dryRun)
      for (const type of ['people', 'factions'] as const)
        await findNear(tx, importId, definitionOf(this.definitions, type));
    const ending = await this.writeOrTell(applying);
    await keepOutcomes(tx, importId, asked.dryRun || ending.state !== 'done');
    const read: Database['read'] = (text, values) => tx.query(text, values);
    // Somebody has called it failed: the lease was lost.
    if (!(await endImport(read, importId, ending)))
      throw new Problem('unavailable', 'The import was given up.');
  }

  /** A dry run writes only where that tells more. Else what is named is held, and looked for once more. */
  private async writeOrTell(applying: Applying): Promise<Ending> {
    const { tx, importId, asked } = applying;
    if (asked.dryRun && (await isJudgedUnwritten(applying))) return { state: 'done' };
    if (!asked.dryRun) {
      await holdRecords(tx, importId, this.definitions);
      if (asked.cites && asked.sourceId !== null && !(await holdSource(tx, asked.sourceId)))
        return { state: 'refused', problem: SOURCE_IS_GONE };
      await refuseLost(applying);
    }
    return this.tryRows(applying);
  }

  private async tryRows(applying: Applying): Promise<Ending> {
    const { tx, importId, asked } = applying;
    for (;;) {
      if (asked.atomic && !asked.dryRun && (await countRefused(tx, importId)) > 0)
        return { state: 'refused', problem: ALL_OR_NOTHING };
      await tx.query('SAVEPOINT tried', []);
      const { refused, applied, sourceId } = await writeRows(applying);
      if (asked.dryRun || refused.length > 0) await tx.query('ROLLBACK TO SAVEPOINT tried', []);
      if (refused.length === 0)
        return asked.dryRun ? { state: 'done' } : { state: 'done', applied, sourceId };
      await refuseRows(tx, importId, refused);
      await refuseLost(applying);
    }
  }

  private async end(id: string, ending: Ending): Promise<void> {
    try {
      await endImport(this.database.beside, id, ending);
      await clearStaging(this.database.beside, id);
    } catch {
      // Without a database nothing can be said of it: whoever asks next finds that nobody is at it.
    }
    await this.leases.give(leaseOf(id));
  }
}

/** The same file is another request when something else is asked of it. */
function askedOnce({ once, ...author }: Author, asked: ImportAsked): Author {
  return once ? { ...author, once: alsoBy(once, JSON.stringify(asked)) } : author;
}
