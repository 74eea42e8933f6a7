import type { Transaction } from '../../platform/prisma/transaction.js';
import type { Definitions, RecordDefinition } from '../../platform/records/record.definition.js';
import { admitBody, parseBody } from '../../platform/records/record.changes.js';
import { definitionOf } from '../../platform/records/references.db.js';
import { compareRows, refuseCycles, refuseOverlaps, type Comparing } from './compare.db.js';
import { makeNew, matchRows, refuseRepeated } from './match.db.js';
import { rememberRows } from './memories.db.js';
import { placeAsides } from './popolo.db.js';
import { refuseDangling, renameKeys } from './references.db.js';
import { refusePeriods, refuseTaken } from './taken.db.js';
import { AT_ONCE, inChunks, NAMES_ITS_KIND, UPWARDS, writeKind } from './import.writing.js';
import { ORDER, problemsOf } from './row.staging.js';
import { refuseUnread, stagedKinds, type Refused } from './staging.db.js';
import { citeRows, hasCited, sourceOf, unannounced, writtenRecords } from './write.db.js';
import type { ImportAsked } from './import.rows.js';

/** What a transaction applies, and who is told how far it is. */
export interface Applying {
  readonly tx: Transaction;
  readonly importId: string;
  readonly asked: ImportAsked;
  readonly definitions: Definitions;
  readonly onProgress: (applied: number) => Promise<void>;
}

/** Finds out what each row would do, and refuses what cannot be. */
export async function judgeRows({ tx, importId, asked, definitions }: Applying): Promise<void> {
  await refuseUnread(tx, importId);
  const isPopolo = asked.format === 'popolo';
  if (isPopolo) await placeAsides(tx, importId, asked.scheme);
  for (const definition of await stagedDefinitions(tx, importId, definitions)) {
    await renameKeys(tx, importId, definition);
    await refuseRepeated(tx, importId, definition);
    await matchRows(tx, importId, definition, asked.origin.name);
    await compareLater(tx, importId, definition, {
      origin: asked.origin.name,
      joins: isPopolo,
    });
  }
  await refuseLost({ tx, importId, definitions });
}

async function compareLater(
  tx: Transaction,
  importId: string,
  definition: RecordDefinition,
  comparing: Comparing,
): Promise<void> {
  await makeNew(tx, importId, definition);
  if (NAMES_ITS_KIND.has(definition.type)) await renameKeys(tx, importId, definition);
  await compareRows(tx, importId, definition, comparing);
  await refuseTaken(tx, importId, definition);
  await refusePeriods(tx, importId, definition);
  const upwards = UPWARDS[definition.type];
  if (upwards !== undefined) await refuseCycles(tx, importId, definition, upwards);
  if (definition.type === 'members') await refuseOverlaps(tx, importId);
}

/** Refuses what names what is not there, once it is known what is. */
export async function refuseLost({
  tx,
  importId,
  definitions,
}: Pick<Applying, 'tx' | 'importId' | 'definitions'>): Promise<void> {
  for (const definition of await stagedDefinitions(tx, importId, definitions))
    await refuseDangling(tx, importId, definitions, definition);
}

/** Whether rules are asked about a kind one by one, when it is written; all else is known of a row before. */
function isRuled({ type, rules }: RecordDefinition): boolean {
  return rules.check !== undefined && type !== 'members';
}

/** Whether all that can be wrong with the rows is known before they are written. */
export async function isJudgedUnwritten({ tx, importId, definitions }: Applying): Promise<boolean> {
  const kinds = await stagedDefinitions(tx, importId, definitions);
  return !kinds.some((kind) => isRuled(kind) || kind.type === 'successions');
}

/** What came of writing: what the rules refuse, how many rows it was, and the source that they cite. */
export interface Tried {
  readonly refused: readonly Refused[];
  readonly applied: number;
  readonly sourceId: string | null;
}

/** Writes what is to be written, and asks the rules about it. */
export async function writeRows(applying: Applying): Promise<Tried> {
  const { tx, importId, definitions } = applying;
  const kinds = await stagedDefinitions(tx, importId, definitions);
  let applied = 0;
  const refused: Refused[] = [];
  for (const definition of kinds) {
    const written = await writeKind(applying, definition, applied);
    applied += written.count;
    refused.push(...written.refused);
  }
  await announce(applying);
  for (const definition of kinds) refused.push(...(await askRules(applying, definition)));
  const sourceId = refused.length > 0 ? null : await cite(applying);
  await rememberRows(tx, importId, applying.asked.origin);
  return { refused, applied, sourceId };
}

async function stagedDefinitions(
  tx: Transaction,
  importId: string,
  definitions: Definitions,
): Promise<readonly RecordDefinition[]> {
  const kinds = await stagedKinds(tx, importId);
  return ORDER.filter((type) => kinds.has(type)).map((type) => definitionOf(definitions, type));
}

/** A new merger has its announcement, from the file or as any other. */
async function announce({ tx, importId, definitions }: Applying): Promise<void> {
  const mergers = definitionOf(definitions, 'mergers');
  for (const id of await unannounced(tx, importId))
    await mergers.rules.created?.({ tx, definitions }, id, {});
}

/** Memberships have been asked about all at once; whatever else has rules of its own is asked about one by one. */
async function askRules(
  { tx, importId, definitions }: Applying,
  definition: RecordDefinition,
): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  if (!isRuled(definition)) return refused;
  const context = { tx, definitions };
  await inChunks(async (after) => {
    const chunk = { after, limit: AT_ONCE };
    const records = await writtenRecords(tx, importId, definition, chunk);
    for (const { nth, id, body, before } of records) {
      const candidate = {
        id,
        body: parseBody({ json: body }),
        before: before === null ? null : parseBody({ json: before }),
      };
      try {
        await admitBody(context, definition, candidate);
      } catch (error) {
        refused.push({ nth, problems: problemsOf(error) });
      }
    }
    return { count: records.length, last: records.at(-1)?.nth ?? 0 };
  });
  return refused;
}

async function cite({ tx, importId, asked }: Applying): Promise<string | null> {
  if (!asked.cites || !(await hasCited(tx, importId))) return null;
  const sourceId = asked.sourceId ?? (await sourceOf(tx, importId, asked));
  await inChunks((after) => citeRows(tx, importId, sourceId, { after, limit: AT_ONCE }));
  return sourceId;
}
