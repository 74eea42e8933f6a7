/** Whole stories for specs: the founding story in short, and stories of all sorts. */
import fc from 'fast-check';
import type { MergerFacts } from './facts.js';
import {
  buildEvidence,
  buildFaction,
  buildFacts,
  buildMandate,
  buildMeeting,
  buildMilestone,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildPrediction,
  buildQuote,
  buildStance,
  buildSuccession,
  buildTransition,
  buildVoteEvent,
  passedOn,
} from './facts.fixture.js';
import { MILESTONE_STATES, STANCES } from './vocabulary.js';

/** The founding story in short: MQM-P's committee accepts PSP and delegates the decision; PSP is to meet. */
export const story: MergerFacts = buildFacts({
  factions: [
    buildFaction('mqm-p', { name: 'MQM-P' }),
    buildFaction('rabita', { name: 'Rabita Committee', parentId: 'mqm-p' }),
    buildFaction('psp', { name: 'PSP' }),
  ],
  people: [
    buildPerson('siddiqui', { name: 'Khalid Maqbool Siddiqui' }),
    buildPerson('tessori', { name: 'Kamran Tessori' }),
  ],
  participants: [
    buildParticipant(null, { id: 'a-tessori-in', personId: 'tessori', role: 'broker' }),
    buildParticipant('psp', { role: 'joining' }),
    buildParticipant('mqm-p'),
  ],
  motions: [
    buildMotion('accept', { factionId: 'rabita', text: 'Accept the return of PSP' }),
    buildMotion('delegate', { factionId: 'rabita', classification: 'delegate_decision' }),
    buildMotion('join', { factionId: 'psp', text: 'Join MQM-P' }),
  ],
  voteEvents: [passedOn('accept', '2022-12-28'), passedOn('delegate', '2022-12-28')],
  mandates: [buildMandate('mandate', { grantorFactionId: 'rabita', motionId: 'delegate' })],
  meetings: [buildMeeting('psp-meets', { hostFactionId: 'psp', venue: 'Pakistan House' })],
  milestones: [
    buildMilestone('announcement', { venue: 'Governor House', dependsOn: ['asked', 'posts'] }),
    buildMilestone('asked', { weight: 3, satisfiedBy: { motionId: 'accept' } }),
    buildMilestone('posts', {
      weight: 2,
      dependsOn: ['asked'],
      estimate: { optimisticDays: 10, likelyDays: 12, pessimisticDays: 15 },
    }),
  ],
  transitions: [buildTransition('t', { milestoneId: 'posts', state: 'in_progress', percent: 25 })],
  predictions: [buildPrediction('prediction')],
  evidence: buildEvidence({ citations: [buildQuote('quote')] }),
});

// ids are few, so that records meet by chance; some of what they name does not exist
/** A day of December 2022. */
export const anyDay: fc.Arbitrary<string> = fc
  .integer({ min: 1, max: 31 })
  .map((n) => `2022-12-${`${n}`.padStart(2, '0')}`);
const date = fc.oneof(anyDay, fc.constantFrom('2022', '2022-12', '2023-01'));
const id = fc.constantFrom('a', 'b', 'c', 'gone');
const estimate = fc
  .tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }), fc.nat({ max: 9 }))
  .map((days) => days.toSorted((one, other) => one - other))
  .map(([optimisticDays = 0, likelyDays = 0, pessimisticDays = 0]) => ({
    optimisticDays,
    likelyDays,
    pessimisticDays,
  }));
const few = <Given>(given: fc.Arbitrary<Given>) => fc.array(given, { maxLength: 3 });
const named = <Given, Fact>(some: readonly Given[], build: (id: string, given: Given) => Fact) =>
  some.map((given, i) => build(['a', 'b', 'c'][i] ?? 'd', given));

/** The facts of a small merger of all sorts. */
export const anyFacts: fc.Arbitrary<MergerFacts> = fc
  .record({
    factions: few(fc.record({ parentId: fc.option(id) })),
    participants: few(fc.record({ factionId: id })),
    stances: few(
      fc.record({
        participantId: id,
        stance: fc.constantFrom(...STANCES),
        occurredOn: date,
        basis: fc.constantFrom('mandate', 'statement', null),
      }),
    ),
    motions: few(
      fc.record({
        factionId: id,
        classification: fc.constantFrom('accept_entry', 'delegate_decision', 'other'),
      }),
    ),
    voteEvents: few(fc.record({ motionId: id, startDate: date, complete: fc.boolean() })),
    milestones: few(
      fc.record({
        dependsOn: fc.uniqueArray(id, { maxLength: 3 }),
        classification: fc.constantFrom('announcement', 'issue', 'aftermath'),
        satisfiedBy: fc.option(fc.record({ motionId: id })),
        dueFrom: fc.option(date),
        dueTo: fc.option(date),
        estimate: fc.option(estimate),
      }),
    ),
    transitions: few(
      fc.record({
        milestoneId: id,
        state: fc.constantFrom(...MILESTONE_STATES),
        occurredOn: date,
        percent: fc.option(fc.constantFrom(25, 80)),
      }),
    ),
    mandates: few(fc.record({ grantorFactionId: id, startDate: date, endDate: fc.option(date) })),
    predictions: few(fc.record({ statedOn: date })),
    successions: fc.array(fc.record({ date }), { maxLength: 1 }),
  })
  .map((given): MergerFacts =>
    buildFacts({
      factions: named(given.factions, buildFaction),
      participants: named(given.participants, (one, { factionId }) =>
        buildParticipant(factionId, { id: one, role: 'joining' }),
      ),
      stances: named(given.stances, buildStance),
      motions: named(given.motions, buildMotion),
      voteEvents: named(given.voteEvents, buildVoteEvent),
      milestones: named(given.milestones, buildMilestone),
      transitions: named(given.transitions, buildTransition),
      mandates: named(given.mandates, buildMandate),
      predictions: named(given.predictions, buildPrediction),
      successions: named(given.successions, buildSuccession),
    }),
  );
