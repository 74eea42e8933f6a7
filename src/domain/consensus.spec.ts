import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { consensusOf, type ConsensusFacts } from './consensus.js';
import { startOf } from './dates.js';
import type { FactionFact, MemberFact, MotionFact, VoteEventFact, VoteFact } from './facts.js';
import { VOTE_OPTIONS } from './vocabulary.js';

const recorded = { createdAt: '2022-12-29T10:00:00Z' };
const AFTER = startOf('2023-01-01');

const buildFaction = (id: string, parentId: string | null = null): FactionFact => ({
  ...recorded,
  id,
  name: id,
  classification: parentId === null ? 'party' : 'committee',
  parentId,
});
const buildMember = (personId: string, overrides: Partial<MemberFact> = {}): MemberFact => ({
  ...recorded,
  id: `member ${personId}`,
  personId,
  factionId: 'committee',
  role: null,
  voting: true,
  startDate: null,
  endDate: null,
  ...overrides,
});
const buildMotion = (overrides: Partial<MotionFact> = {}): MotionFact => ({
  ...recorded,
  id: 'motion',
  factionId: 'committee',
  text: 'The factions may rejoin',
  classification: 'accept_entry',
  requirement: 'consensus',
  quorum: null,
  proposedOn: null,
  ...overrides,
});
const buildEvent = (overrides: Partial<VoteEventFact> = {}): VoteEventFact => ({
  ...recorded,
  id: 'event',
  motionId: 'motion',
  meetingId: null,
  startDate: '2022-12-28',
  endDate: null,
  seats: null,
  complete: false,
  reportedCounts: [],
  ...overrides,
});
const buildVote = (personId: string, overrides: Partial<VoteFact> = {}): VoteFact => ({
  ...recorded,
  id: `vote ${personId}`,
  voteEventId: 'event',
  personId,
  voterName: null,
  option: 'yes',
  channel: 'in_person',
  castOn: null,
  ...overrides,
});
const people = (...names: string[]) =>
  names.map((name) => ({ ...recorded, id: name.toLowerCase(), name }));
const buildFacts = (overrides: Partial<ConsensusFacts> = {}): ConsensusFacts => ({
  factions: [buildFaction('party'), buildFaction('committee', 'party'), buildFaction('rival')],
  people: people('Waseem', 'Kamran', 'Faisal', 'Khalid'),
  members: ['waseem', 'kamran', 'faisal', 'khalid'].map((id) => buildMember(id)),
  motions: [buildMotion()],
  voteEvents: [buildEvent()],
  votes: [],
  meetings: [],
  ...overrides,
});
const party = { factionId: 'party' };

describe('the consensus of a participant', () => {
  it('is null for a person', () => {
    expect(consensusOf({ factionId: null }, buildFacts(), AFTER)).toBeNull();
  });

  it('tells who was asked, by what channel, who was not, and how many nobody named', () => {
    const facts = buildFacts({
      voteEvents: [
        buildEvent({ reportedCounts: [{ option: 'yes', value: 31, qualifier: 'at_least' }] }),
      ],
      votes: [
        buildVote('kamran'),
        buildVote('faisal', { channel: 'phone' }),
        buildVote('waseem', { option: 'absent' }),
        buildVote('a name', { personId: null, voterName: 'Somebody' }),
      ],
    });
    const [consensus, ...others] = consensusOf(party, facts, AFTER) ?? [];
    expect(others).toEqual([]);
    expect(consensus).toMatchObject({
      motionId: 'motion',
      text: 'The factions may rejoin',
      classification: 'accept_entry',
      requirement: 'consensus',
      factionId: 'committee',
      asked: [
        { personId: 'faisal', name: 'Faisal', option: 'yes', channel: 'phone' },
        { personId: 'kamran', name: 'Kamran', option: 'yes', channel: 'in_person' },
      ],
      // Waseem was absent; whether Khalid is one of the 28, nobody has said
      notAsked: [
        { personId: 'khalid', name: 'Khalid' },
        { personId: 'waseem', name: 'Waseem' },
      ],
      unnamed: { lower: 28, upper: null }, // 31 - 3 named
      result: { outcome: 'undetermined', date: '2022-12-28' },
    });
    // one member without a vote is covered by the 28; nobody knows whether anybody said no
    expect(consensus?.result.settles).toEqual(['That nobody said no: so far it is 0 or more.']);
    expect(consensus?.tally?.options.yes.channels.phone?.named).toBe(1);
  });

  it('bounds the unnamed by what the absent leave of the seats', () => {
    const facts = buildFacts({
      voteEvents: [
        buildEvent({
          seats: 40,
          reportedCounts: [
            { option: 'yes', value: 31, qualifier: 'at_least' },
            { option: 'absent', value: 3, qualifier: 'at_least' },
          ],
        }),
      ],
      votes: [buildVote('kamran'), buildVote('faisal')],
    });
    // at least 31 - 2; at most 40 - 3 - 2
    expect(consensusOf(party, facts, AFTER)?.[0]?.unnamed).toEqual({ lower: 29, upper: 35 });
  });

  it('asks the voting members of the day of the vote, and before any those of today', () => {
    const members = [
      buildMember('kamran', { endDate: '2022-12-28' }),
      buildMember('faisal', { startDate: '2022-12-29' }),
      buildMember('khalid', { voting: false }),
      buildMember('waseem', { factionId: 'party' }),
    ];
    const notAsked = (at: number, voteEvents: VoteEventFact[]) =>
      consensusOf(party, buildFacts({ members, voteEvents }), at)?.[0]?.notAsked.map(
        ({ personId }) => personId,
      );
    expect(notAsked(AFTER, [buildEvent()])).toEqual(['kamran']);
    expect(notAsked(AFTER, [])).toEqual(['faisal']);
    expect(notAsked(startOf('2022-12-27'), [buildEvent()])).toEqual(['kamran']);
  });

  it('holds the motions of the faction and beneath it, once proposed, in the order of recording', () => {
    const motions = [
      buildMotion({ id: 'later', createdAt: '2022-12-30T10:00:00Z', factionId: 'party' }),
      buildMotion({ id: 'of a rival', factionId: 'rival' }),
      buildMotion({ id: 'not yet proposed', proposedOn: '2023-01-02' }),
      buildMotion({ id: 'motion', proposedOn: '2023-01-02' }), // voted on before: somebody has the date wrong
      buildMotion({ id: 'proposed', proposedOn: '2023-01-01' }),
    ];
    const ids = (factionId: string) =>
      consensusOf({ factionId }, buildFacts({ motions }), AFTER)?.map(({ motionId }) => motionId);
    expect(ids('party')).toEqual(['motion', 'proposed', 'later']);
    expect(ids('committee')).toEqual(['motion', 'proposed']);
    expect(ids('nobody')).toEqual([]);
  });

  it('has no tally and knows nothing of the unnamed before any vote event', () => {
    const [consensus] = consensusOf(party, buildFacts({ voteEvents: [] }), AFTER) ?? [];
    expect(consensus).toMatchObject({ tally: null, asked: [], unnamed: { lower: 0, upper: null } });
    expect(consensus?.result).toMatchObject({ outcome: 'undetermined', date: null });
  });

  it('names a member whose person is no longer on record by nothing', () => {
    const facts = buildFacts({ people: [], members: [buildMember('kamran')] });
    expect(consensusOf(party, facts, AFTER)?.[0]?.notAsked).toEqual([
      { personId: 'kamran', name: null },
    ]);
  });

  it('splits the voting members of the day into asked and not asked, each in one of the two', () => {
    const ids = ['waseem', 'kamran', 'faisal', 'khalid'];
    const date = fc.option(fc.constantFrom('2022-12-27', '2022-12-28', '2022-12-29'));
    const members = fc.array(
      fc.record({ personId: fc.constantFrom(...ids), voting: fc.boolean(), startDate: date }),
      { maxLength: 6 },
    );
    const votes = fc.array(
      fc.record({
        personId: fc.constantFrom(...ids),
        option: fc.constantFrom(...VOTE_OPTIONS),
        castOn: date,
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(members, votes, (someMembers, someVotes) => {
        const facts = buildFacts({
          members: someMembers.map((member, i) =>
            buildMember(member.personId, { ...member, id: `m${i}` }),
          ),
          votes: someVotes.map((vote, i) => buildVote(vote.personId, { ...vote, id: `v${i}` })),
        });
        const [consensus] = consensusOf(party, facts, AFTER) ?? [];
        const asked = consensus?.asked.map(({ personId }) => personId) ?? [];
        const notAsked = consensus?.notAsked.map(({ personId }) => personId) ?? [];
        const voting = someMembers
          .filter((member) => member.voting && (member.startDate ?? '') <= '2022-12-28')
          .map(({ personId }) => personId);
        expect([...asked, ...notAsked].toSorted()).toEqual([...new Set(voting)].toSorted());
        for (const personId of asked) {
          expect(
            someVotes.some((vote) => vote.personId === personId && vote.option !== 'absent'),
          ).toBe(true);
        }
      }),
    );
  });
});
