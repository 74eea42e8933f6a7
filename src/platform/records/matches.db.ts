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
  // OFFSET keeps the planner from comparing again, for each name, what was compared once.
  return `(
    SELECT found.record_id AS record_id, max(round((
      CASE WHEN found.is_latin THEN found.written
        ELSE greatest(found.written, word_similarity(found.asked_latin, found.latin)) END
      + CASE WHEN found.is_latin THEN similarity(found.asked_folded, found.folded)
        ELSE greatest(similarity(found.asked_folded, found.folded), similarity(found.asked_latin, found.latin)) END
      + word_similarity(found.asked_skeleton, found.skeleton) + similarity(found.asked_skeleton, found.skeleton)
    )::numeric / 4, 6)) AS score
    FROM (
      SELECT names.record_id AS record_id, names.folded AS folded, names.latin AS latin, names.skeleton AS skeleton,
        asked.folded AS asked_folded, asked.latin AS asked_latin, asked.skeleton AS asked_skeleton, asked.least AS least,
        asked.folded = asked.latin AND names.folded = names.latin AS is_latin,
        word_similarity(asked.folded, names.folded) AS written
      FROM (
        SELECT folded.text AS folded, latin.text AS latin, skeleton.text AS skeleton,
          greatest(0.2, least(0.5, (trigrams.number - 4.0) / (trigrams.number + 4.0))) AS least
        FROM fold_name(${text}) AS folded (text), fold_name(latin_letters(${text})) AS latin (text),
          name_skeleton(latin.text) AS skeleton (text), cardinality(show_trgm(folded.text)) AS trigrams (number)
      ) AS asked
      JOIN names ON names.record_type = '${type}' AND (asked.folded <% names.folded OR asked.skeleton <<% names.skeleton)
      OFFSET 0
    ) AS found
    WHERE found.written >= found.least OR found.asked_skeleton <<% found.skeleton
    GROUP BY found.record_id
  ) AS match`;
}
