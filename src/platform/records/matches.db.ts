import type { RecordDefinition } from './record.definition.js';

/** How much of the consonants asked for must be in a name's, so that it is found by these alone. */
const LEAST_OF_CONSONANTS = 0.6;

/**
 * The records whose names resemble a text, each with its best score: as they are written, and as they sound, which is all that
 * spellings in two scripts have in common.
 *
 * A letter that is wrong, too many, missing or in its neighbour's place costs at most four of the text's trigrams, and brings at
 * most four of the name's that the text lacks: of n + 4 in all n - 4 are the same. A fifth of a short text is always asked for,
 * of a long one half is always enough.
 */
export function matches({ type }: RecordDefinition, text: string): string {
  return `(
    SELECT names.record_id AS record_id, max(round((
      0.5 * greatest(0.8 * alike.written + 0.2 * similarity(asked.folded, names.folded),
        0.8 * word_similarity(asked.latin, names.latin) + 0.2 * similarity(asked.latin, names.latin))
      + 0.5 * (0.8 * alike.sounded + 0.2 * similarity(asked.skeleton, names.skeleton))
    )::numeric, 6)) AS score
    FROM (
      SELECT folded.text AS folded, latin.text AS latin, skeleton.text AS skeleton, cardinality(show_trgm(folded.text)) AS trigrams
      FROM fold_name(${text}) AS folded (text), fold_name(latin_letters(${text})) AS latin (text),
        name_skeleton(latin.text) AS skeleton (text)
    ) AS asked
    JOIN names ON names.record_type = '${type}' AND (asked.folded <% names.folded OR asked.skeleton <% names.skeleton)
    CROSS JOIN LATERAL (
      SELECT word_similarity(asked.folded, names.folded) AS written, word_similarity(asked.skeleton, names.skeleton) AS sounded
    ) AS alike
    WHERE alike.written >= greatest(0.2, least(0.5, (asked.trigrams - 4.0) / (asked.trigrams + 4.0)))
      OR alike.sounded >= ${String(LEAST_OF_CONSONANTS)}
    GROUP BY names.record_id
  ) AS match`;
}
