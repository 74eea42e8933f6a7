import type { MergerFacts } from '../../domain/facts.js';
import type { Read } from '../../platform/prisma/database.js';
import { loaded, selectFacts, type FactsRow } from '../facts/facts.db.js';

/** A publisher, with those of its sources that are cited in support of a prediction. */
export interface StatingPublisher {
  /** Its name, folded: by it publishers are told apart and sorted. */
  readonly key: string;
  /** As it was recorded first. */
  readonly publisher: string;
  readonly sourceIds: readonly string[];
}

/** Those who stated something, the facts of all mergers of which they did, and the instant of reading; null: there is none. */
export interface Stated {
  readonly publishers: readonly StatingPublisher[];
  readonly facts: readonly MergerFacts[];
  readonly instant: string | null;
}

/** The facts of every merger of which a source is cited in support of a prediction. */
export async function loadStatedBySource(read: Read, sourceId: string): Promise<Stated> {
  return load(read, `source.id = $1::uuid`, '1', [sourceId]);
}

/**
 * A page of publishers by name, and the facts of every merger of which one of them is cited in support of a prediction.
 *
 * @param page `publisher`: only this one, however it is written; `after`: the key at which the page before ended
 */
export async function loadStatedByPublishers(
  read: Read,
  page: {
    readonly publisher: string | null;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<Stated> {
  const which = `${folded('source.publisher')} <> ''
    AND ($1::text IS NULL OR ${folded('source.publisher')} = ${folded('$1::text')})
    AND ($2::text IS NULL OR ${folded('source.publisher')} COLLATE "C" > $2::text)`;
  return load(read, which, '$3::int', [page.publisher, page.after, page.limit]);
}

async function load(
  read: Read,
  which: string,
  limit: string,
  values: readonly unknown[],
): Promise<Stated> {
  const rows = await read<FactsRow & { readonly sources: readonly StatingSource[] }>(
    `${selectFacts(', stated.sources AS sources')}
     CROSS JOIN (
       SELECT array_agg(DISTINCT found.merger_id) AS mergers,
         json_agg(json_build_object('key', found.key, 'publisher', found.publisher, 'sourceId', found.id)
           ORDER BY found.key, found.created_at, found.id) AS sources
       FROM (
         SELECT DISTINCT cited.*, dense_rank() OVER (ORDER BY cited.key) AS place FROM (
           SELECT ${folded("COALESCE(source.publisher, '')")} COLLATE "C" AS key, source.publisher, source.created_at, source.id,
             prediction.merger_id
           FROM predictions AS prediction
           JOIN citations AS citation ON citation.record_id = prediction.id
           JOIN sources AS source ON source.id = citation.source_id
           WHERE prediction.retracted_at IS NULL AND citation.retracted_at IS NULL AND citation.stance = 'supports' AND ${which}
         ) AS cited
       ) AS found
       WHERE found.place <= ${limit}
     ) AS stated
     WHERE merger.retracted_at IS NULL AND merger.id = ANY (stated.mergers)
     ORDER BY merger.created_at, merger.id`,
    values,
  );
  const sources = Map.groupBy(rows[0]?.sources ?? [], ({ key }) => key);
  return {
    publishers: [...sources].map(([key, ofKey]) => ({
      key,
      publisher: ofKey[0]?.publisher ?? '',
      sourceIds: [...new Set(ofKey.map(({ sourceId }) => sourceId))],
    })),
    facts: rows.map((row) => loaded(row).facts),
    instant: rows[0]?.instant ?? null,
  };
}

interface StatingSource {
  readonly key: string;
  readonly publisher: string | null;
  readonly sourceId: string;
}

/** As `src/domain/folding.ts` folds. */
function folded(text: string): string {
  return `btrim(regexp_replace(lower(normalize(${text}, NFKC)), '\\s+', ' ', 'g'))`;
}
