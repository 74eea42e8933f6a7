/** The entries of the timeline that are records of their own: stances, meetings, results, mandates, and what people said. */
import { endOf, hasBegun, startOf } from './dates.js';
import type {
  CitationFact,
  MandateFact,
  MeetingFact,
  MotionFact,
  ParticipantFact,
  ReportedNumber,
} from './facts.js';
import type { MergerAt } from './merger-at.js';
import { motionResult, type MotionResult, type ResultOutcome } from './result.js';
import { stancePhrase } from './stance.js';
import { successionText } from './succession.js';
import type { Mention, RecordedEntry, TimelineKind } from './timeline-entry.js';
import { dateOfVoteEvent } from './votes.js';
import type { RecordType } from './vocabulary.js';
import { called, inWords, nameOf, quoted, sentence, type Names } from './wording.js';

/** Each stance change that has begun, at the date on which it was taken. */
export function stanceEntries({ facts, at, names }: MergerAt): readonly RecordedEntry[] {
  const participants = new Map(facts.participants.map((one) => [one.id, one]));
  return facts.stances
    .filter(({ occurredOn }) => hasBegun(occurredOn, at))
    .map((change) => {
      const mentions = mentionsOfParticipant(participants.get(change.participantId), names);
      const who = called(mentions[0]?.name ?? null);
      return {
        recorded: change,
        entry: {
          date: change.occurredOn,
          kind: 'stance',
          recordType: 'stances',
          recordId: change.id,
          text: sentence(`${who} ${stancePhrase(change.stance)}`),
          value: change.stance,
          mentions,
        },
      };
    });
}

/** The meetings that were held. */
export function meetingEntries({ facts, at, names }: MergerAt): readonly RecordedEntry[] {
  return facts.meetings.flatMap((meeting): readonly RecordedEntry[] => {
    const { id, title, hostFactionId, startsOn, status } = meeting;
    if (status !== 'held' || startsOn === null || !hasBegun(startsOn, at)) return [];
    return [
      {
        recorded: meeting,
        entry: {
          date: startsOn,
          kind: 'meeting',
          recordType: 'meetings',
          recordId: id,
          text: sentence(meetingText(meeting, names)),
          value: status,
          mentions: [
            { recordType: 'meetings', recordId: id, name: title },
            ...mentionsOf('factions', hostFactionId, names),
          ],
        },
      },
    ];
  });
}

/** Each vote that was taken, with what came out of it by all that is known at the merger's `at`. */
export function resultEntries(merger: MergerAt): readonly RecordedEntry[] {
  const { facts, at, names, results } = merger;
  return facts.motions.flatMap((motion) =>
    facts.voteEvents
      .filter((voteEvent) => {
        const date = dateOfVoteEvent(voteEvent, facts.meetings);
        return voteEvent.motionId === motion.id && date !== null && hasBegun(date, at);
      })
      .flatMap((voteEvent) => {
        const current = results.get(motion.id);
        const result =
          current?.voteEventId === voteEvent.id
            ? current
            : motionResult(motion, { ...facts, voteEvents: [voteEvent] }, at);
        return resultEntry(motion, result, names);
      }),
  );
}

/** Mandates granted; and ended or revoked, whichever came first. */
export function mandateEntries({ facts, at, names }: MergerAt): readonly RecordedEntry[] {
  return facts.mandates.flatMap((mandate): readonly RecordedEntry[] => {
    const { startDate, endDate, revokedOn } = mandate;
    if (!hasBegun(startDate, at)) return [];
    const holder = called(nameOf(names, mandate.holderId));
    const grantor = called(nameOf(names, mandate.grantorFactionId ?? mandate.grantorPersonId));
    const entry = (date: string, kind: TimelineKind, text: string) =>
      mandateEntry(mandate, { date, kind, text: sentence(text) }, names);
    const scope = quoted(mandate.scope);
    const granted = entry(
      startDate,
      'mandate_granted',
      `${grantor} gave ${holder} a mandate: ${scope}`,
    );
    const ranOut = endDate !== null && endOf(endDate) <= at;
    const isRevoked =
      revokedOn !== null &&
      hasBegun(revokedOn, at) &&
      (endDate === null || startOf(revokedOn) < endOf(endDate));
    if (isRevoked) {
      const text = `${grantor} revoked the mandate of ${holder}`;
      return [granted, entry(revokedOn, 'mandate_revoked', text)];
    }
    if (!ranOut) return [granted];
    return [
      granted,
      entry(endDate, 'mandate_ended', `the mandate of ${holder} by ${grantor} ran out`),
    ];
  });
}

/** What was expected of the announcement, at the date on which it was said and not on the one that it names. */
export function predictionEntries({ facts, at, names }: MergerAt): readonly RecordedEntry[] {
  return facts.predictions
    .filter(({ statedOn }) => hasBegun(statedOn, at))
    .map((prediction) => {
      const { id, from, to, statedOn, statedById, statedByLabel } = prediction;
      const who = nameOf(names, statedById) ?? statedByLabel ?? 'somebody who is not named';
      const when = from === to ? `on ${from}` : `between ${from} and ${to}`;
      return {
        recorded: prediction,
        entry: {
          date: statedOn,
          kind: 'prediction',
          recordType: 'predictions',
          recordId: id,
          text: sentence(`${who} expects the announcement ${when}`),
          value: null,
          mentions: mentionsOf('people', statedById, names),
        },
      };
    });
}

/** Cited statements, at their source's date. */
export function quoteEntries({ facts, at, names }: MergerAt): readonly RecordedEntry[] {
  return facts.evidence.citations.flatMap((citation): readonly RecordedEntry[] => {
    const { id, quote, publishedOn, stance, sourceTitle } = citation;
    if (quote === null || publishedOn === null || !hasBegun(publishedOn, at)) return [];
    const cited = { recordType: citation.recordType, recordId: citation.recordId };
    return [
      {
        recorded: citation,
        entry: {
          date: publishedOn,
          kind: 'quote',
          recordType: 'citations',
          recordId: id,
          text: quoteText(citation, quote, names),
          value: stance,
          mentions: [
            ...mentionsOf('people', citation.speakerId, names),
            { ...cited, name: nameOf(names, cited.recordId) },
            { recordType: 'sources', recordId: citation.sourceId, name: sourceTitle },
          ],
        },
      },
    ];
  });
}

/** The factions that became, joined or left others, at the date of the change. */
export function successionEntries({ facts, at, names }: MergerAt): readonly RecordedEntry[] {
  return facts.successions
    .filter(({ date }) => hasBegun(date, at))
    .map((succession) => ({
      recorded: succession,
      entry: {
        date: succession.date,
        kind: 'succession',
        recordType: 'successions',
        recordId: succession.id,
        text: successionText(succession, names),
        value: succession.kind,
        mentions: [...succession.predecessorIds, succession.successorId].flatMap((id) =>
          mentionsOf('factions', id, names),
        ),
      },
    }));
}

/** The faction or the person who takes part. */
export function mentionsOfParticipant(
  participant: ParticipantFact | undefined,
  names: Names,
): readonly Mention[] {
  if (participant === undefined) return [];
  const { factionId, personId } = participant;
  return [...mentionsOf('factions', factionId, names), ...mentionsOf('people', personId, names)];
}

function mentionsOf(recordType: RecordType, id: string | null, names: Names): readonly Mention[] {
  return id === null ? [] : [{ recordType, recordId: id, name: nameOf(names, id) }];
}

function resultEntry(
  motion: MotionFact,
  { date, voteEventId, recordedAt, outcome }: MotionResult,
  names: Names,
): readonly RecordedEntry[] {
  if (date === null || voteEventId === null || recordedAt === null) return [];
  const whose = called(nameOf(names, motion.factionId));
  return [
    {
      recorded: { id: voteEventId, createdAt: recordedAt },
      entry: {
        date,
        kind: 'result',
        recordType: 'vote-events',
        recordId: voteEventId,
        text: sentence(`the motion ${quoted(motion.text)} of ${whose} ${outcomePhrase(outcome)}`),
        value: outcome,
        mentions: [
          { recordType: 'motions', recordId: motion.id, name: motion.text },
          ...mentionsOf('factions', motion.factionId, names),
        ],
      },
    },
  ];
}

function outcomePhrase(outcome: ResultOutcome): string {
  switch (outcome) {
    case 'pass':
      return 'passed';
    case 'fail':
      return 'failed';
    case 'undetermined':
      return 'was voted on, and the result is undetermined';
  }
}

function mandateEntry(
  mandate: MandateFact,
  {
    date,
    kind,
    text,
  }: { readonly date: string; readonly kind: TimelineKind; readonly text: string },
  names: Names,
): RecordedEntry {
  const { id, holderId, grantorFactionId, grantorPersonId } = mandate;
  const mentions = [
    ...mentionsOf('factions', grantorFactionId, names),
    ...mentionsOf('people', grantorPersonId, names),
    ...mentionsOf('people', holderId, names),
  ];
  return {
    recorded: mandate,
    entry: { date, kind, recordType: 'mandates', recordId: id, text, value: null, mentions },
  };
}

function meetingText(meeting: MeetingFact, names: Names): string {
  const { title, venue, hostFactionId, reportedAttendance } = meeting;
  const where = venue === null ? '' : ` at ${venue}`;
  const host = hostFactionId === null ? '' : `, hosted by ${called(nameOf(names, hostFactionId))}`;
  const count =
    reportedAttendance === null ? '' : `, with ${countInWords(reportedAttendance)} present`;
  return `${quoted(title)} was held${where}${host}${count}`;
}

/** @example countInWords({ value: 31, qualifier: 'at_least' }) // 'at least 31' */
function countInWords({ value, qualifier }: ReportedNumber): string {
  return qualifier === 'exactly' ? `${value}` : `${inWords(qualifier)} ${value}`;
}

function quoteText(
  { speakerId, speakerLabel, sourceTitle }: CitationFact,
  quote: string,
  names: Names,
): string {
  const speaker = nameOf(names, speakerId) ?? speakerLabel ?? 'somebody who is not named';
  return sentence(`${speaker}: “${quote.trim()}” (${sourceTitle})`);
}
