/** Standing: how well a record is sourced. */
import type { Claim, Subjects } from './claims.js';
import { hasBegun, isDuring, startOf } from './dates.js';
import { factionsBeneath } from './factions.js';
import type { CitationFact, Evidence, PartialDate } from './facts.js';
import { byRecording } from './recording.js';
import { rootsOf, type Roots } from './roots.js';
import type { SourceKind } from './vocabulary.js';

/** From the strongest word to the weakest: the first that holds is the standing. */
export const STANDINGS = [
  'retracted',
  'disputed',
  'confirmed',
  'corroborated',
  'reported',
  'unsourced',
] as const;
export type Standing = (typeof STANDINGS)[number];

export interface CitedSource {
  readonly sourceId: string;
  readonly title: string;
  readonly publisher: string | null;
  readonly publishedOn: PartialDate | null;
}

/** Sources that count as one, as far as they are cited here. */
export interface Root {
  readonly sources: readonly CitedSource[];
  readonly citationIds: readonly string[];
}

export interface DisputingRoot extends Root {
  /** Whether it supports nothing here: only then does it make a dispute. */
  readonly independent: boolean;
}

/** What speaks for and against a record, or one field of it, and what that comes to. */
export interface Weighing {
  readonly standing: Standing;
  readonly supporting: readonly Root[];
  readonly disputing: readonly DisputingRoot[];
  /** The citations that confirm it. */
  readonly confirming: readonly string[];
}

export interface RecordStanding extends Weighing {
  /** Each field that is cited by itself, by name. */
  readonly fields: readonly (Weighing & { readonly field: string })[];
}

/**
 * How well a record is sourced at `at`, and each field that is cited by itself: the first that holds of `retracted`,
 * `disputed` (a root disputes it and does not support it), `confirmed` (on the record by whom it is about, or by an
 * official statement or document), `corroborated` (two roots support it), `reported` (one) and `unsourced`.
 *
 * A citation counts from its source's date, that of an undated source always. One of a field counts for the field and for
 * the record. A citation has its own source behind it.
 *
 * @param claim whom it is about, and whether it was retracted
 * @param at milliseconds since 1970 UTC
 * @example
 * // Pakistan Today and a copy of it: one root
 * standingOf(meeting, evidence, at).standing; // 'reported'
 */
export function standingOf(
  claim: Claim & { readonly retracted: boolean },
  evidence: Evidence,
  at: number,
): RecordStanding {
  const counted = countedCitations(evidence.citations, claim, at);
  const scale = scaleOf(counted, claim, { evidence, at });
  const fields = Map.groupBy(
    counted.filter(({ field }) => field !== null),
    ({ field }) => field ?? '',
  );
  return {
    ...weigh(counted, scale),
    fields: [...fields]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([field, citations]) => ({ field, ...weigh(citations, scale) })),
  };
}

/** The standing of many claims, none of them retracted, by the id of the record. */
export function standingsOf(
  claims: readonly Claim[],
  evidence: Evidence,
  at: number,
): ReadonlyMap<string, Standing> {
  const cited = Map.groupBy(evidence.citations, ({ recordId }) => recordId);
  const own = Map.groupBy(evidence.citations, ({ id }) => id);
  return new Map(
    claims.map((claim) => {
      const { recordId } = claim;
      const citations = [...(cited.get(recordId) ?? []), ...(own.get(recordId) ?? [])];
      if (citations.length === 0) return [recordId, 'unsourced'];
      const counted = countedCitations(citations, claim, at);
      const scale = scaleOf(counted, { ...claim, retracted: false }, { evidence, at });
      return [recordId, weigh(counted, scale).standing];
    }),
  );
}

/** What citations are weighed with. */
interface Scale {
  readonly retracted: boolean;
  readonly roots: Roots;
  readonly confirms: (citation: CitationFact) => boolean;
}

function scaleOf(
  counted: readonly CitationFact[],
  { subjects, retracted }: Claim & { readonly retracted: boolean },
  { evidence, at }: { readonly evidence: Evidence; readonly at: number },
): Scale {
  return {
    retracted,
    roots: rootsOf(
      counted.map(({ sourceId }) => sourceId),
      evidence.lineage,
    ),
    confirms: (citation) =>
      CONFIRMING_KINDS.includes(citation.sourceKind) ||
      (citation.onRecord === true && speaksForItself(citation, subjects, { evidence, at })),
  };
}

const CONFIRMING_KINDS: readonly SourceKind[] = ['official_statement', 'document'];

/** The citations of a record that count at `at`, in the order of recording; of a citation also its own source. */
function countedCitations(
  citations: readonly CitationFact[],
  { recordId }: Claim,
  at: number,
): readonly CitationFact[] {
  return citations
    .filter(({ publishedOn }) => publishedOn === null || hasBegun(publishedOn, at))
    .flatMap((citation): readonly CitationFact[] => {
      if (citation.recordId === recordId) return [citation];
      return citation.id === recordId ? [{ ...citation, stance: 'supports', field: null }] : [];
    })
    .toSorted(byRecording);
}

function weigh(citations: readonly CitationFact[], scale: Scale): Weighing {
  const supports = citations.filter(({ stance }) => stance === 'supports');
  const supporting = byRoot(supports, scale.roots);
  const disputing = byRoot(
    citations.filter(({ stance }) => stance === 'disputes'),
    scale.roots,
  );
  const roots = {
    supporting: [...supporting.values()],
    disputing: [...disputing].map(([key, root]) => ({
      ...root,
      independent: !supporting.has(key),
    })),
    confirming: supports.filter(scale.confirms).map(({ id }) => id),
  };
  return { standing: scale.retracted ? 'retracted' : wordFor(roots), ...roots };
}

function wordFor({ supporting, disputing, confirming }: Omit<Weighing, 'standing'>): Standing {
  if (disputing.some(({ independent }) => independent)) return 'disputed';
  if (confirming.length > 0) return 'confirmed';
  if (supporting.length > 1) return 'corroborated';
  return supporting.length === 1 ? 'reported' : 'unsourced';
}

function byRoot(citations: readonly CitationFact[], roots: Roots): ReadonlyMap<string, Root> {
  const grouped = Map.groupBy(citations, ({ sourceId }) => roots.get(sourceId) ?? sourceId);
  return new Map(
    [...grouped].map(([key, ofRoot]) => [
      key,
      { sources: sourcesIn(ofRoot), citationIds: ofRoot.map(({ id }) => id) },
    ]),
  );
}

/** The sources of some citations, each once. */
export function sourcesIn(citations: readonly CitationFact[]): readonly CitedSource[] {
  const sources = citations.map(({ sourceId, sourceTitle, publisher, publishedOn }) => {
    return { sourceId, title: sourceTitle, publisher, publishedOn };
  });
  return [...new Map(sources.map((source) => [source.sourceId, source])).values()];
}

/** Whether the speaker is whom the record is about, or at the source's date a member of the faction or beneath it. */
function speaksForItself(
  { speakerId, publishedOn }: CitationFact,
  subjects: Subjects,
  { evidence, at }: { readonly evidence: Evidence; readonly at: number },
): boolean {
  if (speakerId === null) return false;
  if (subjects.people.includes(speakerId)) return true;
  const then = publishedOn === null ? at : startOf(publishedOn);
  return subjects.factions.some((factionId) => {
    const within = factionsBeneath(evidence.factions, factionId);
    return evidence.members.some(
      (member) =>
        member.personId === speakerId &&
        within.has(member.factionId) &&
        isDuring(then, member.startDate, member.endDate),
    );
  });
}
