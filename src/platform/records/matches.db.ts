import type { RecordDefinition } from './record.definition.js';

/**
 * The records whose names resemble a text, each with its best score: half of it as they are written, or as that is in Latin letters,
 * and half as they sound, by their consonants, which is what spellings in two scripts have in common. Of either half one half is how
 * much of the text is in the name, the other how much the two have in common. They are found by either.
 *
 * A letter that is wrong, too many, missing or in its neighbour's place costs at most four of the text's trigrams, and brings at
 * most four of the name's that the text lacks: of n + 4 in all n - 4 are the same. A fifth of a short text is always asked for,
 * of a long one half is always enough. Of the consonants four tenths are asked for, in whole words, as the session says.
 */
export function matches({ type }: RecordDefinition, text: string): string {
  return `(
    SELECT names.record_id AS record_id, max(round((
      greatest(word_similarity(asked.folded, names.folded), word_similarity(asked.latin, names.latin))
      + greatest(similarity(asked.folded, names.folded), similarity(asked.latin, names.latin))
      + word_similarity(asked.skeleton, names.skeleton) + similarity(asked.skeleton, names.skeleton)
    )::numeric / 4, 6)) AS score
    FROM (
      SELECT folded.text AS folded, latin.text AS latin, skeleton.text AS skeleton, cardinality(show_trgm(folded.text)) AS trigrams
      FROM fold_name(${text}) AS folded (text), fold_name(latin_letters(${text})) AS latin (text),
        name_skeleton(latin.text) AS skeleton (text)
    ) AS asked
    JOIN names ON names.record_type = '${type}' AND (asked.folded <% names.folded OR asked.skeleton <<% names.skeleton)
    WHERE asked.skeleton <<% names.skeleton OR word_similarity(asked.folded, names.folded)
      >= greatest(0.2, least(0.5, (asked.trigrams - 4.0) / (asked.trigrams + 4.0)))
    GROUP BY names.record_id
  ) AS match`;
}
