/** Two spellings of one party and two of one man: a status before, between and after. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildFaction,
  buildMandate,
  buildMember,
  buildMerger,
  buildMotion,
  buildParticipant,
  buildPerson,
  buildVote,
  buildVoteEvent,
} from '../../support/factories.js';
import { merged, undo } from '../../support/merging.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

it('all that reads is right after each merge and each undoing, and by knownAt for ever', async () => {
  const { mergerId, voteEventId, party, man } = await tell();
  const paths = [
    `/v1/mergers/${mergerId}/status`,
    `/v1/mergers/${mergerId}/timeline`,
    `/v1/vote-events/${voteEventId}/tally`,
  ];
  const read = async (query = '') => {
    const [status, timeline, tally] = await Promise.all(
      paths.map(async (path) => (await accord.get(path + query)).body),
    );
    return { status: { ...status, knownAt: null, version: null }, timeline, tally: tally.options };
  };

  // The motion is the other spelling's, of which nobody says that it takes part.
  const before = await read();
  expect(told(before)).toEqual({
    participants: ['PSP: undecided, not asked'],
    mandates: ['Pak Sarzameen Party to Kamran Tesori'],
    yes: 1,
    no: 1,
  });
  // It is PSP's motion, and it failed: one said yes, one said no, and only the first is a member on that day.
  const one = await merged(accord, 'factions', party.kept, party.duplicate);
  const first = await read();
  expect(told(first)).toEqual({
    participants: ['PSP: opposed, asked Kamran Tessori (yes)'],
    mandates: ['PSP to Kamran Tesori'],
    yes: 1,
    no: 1,
  });
  // The two are one man, who said no on the 27th and yes on the 28th.
  const other = await merged(accord, 'people', man.kept, man.duplicate);
  const second = await read();
  expect(told(second)).toEqual({
    participants: ['PSP: agreed, asked Kamran Tessori (yes)'],
    mandates: ['PSP to Kamran Tessori'],
    yes: 1,
    no: 0,
  });
  expect(JSON.stringify(second)).not.toMatch(/Tesori|Sarzameen/);

  await undo(accord, other.id);
  expect(await read()).toEqual(first);
  await undo(accord, one.id);
  expect(await read()).toEqual(before);

  // What was known right after each merge, and right after the last undoing.
  const undone = (await accord.send('GET', `/v1/merges/${one.id}`, {}, 'editor')).body.undoneAt;
  expect(await read(`?knownAt=${String(one['createdAt'])}`)).toEqual(first);
  expect(await read(`?knownAt=${String(other['createdAt'])}`)).toEqual(second);
  expect(await read(`?knownAt=${String(undone)}`)).toEqual(before);
});

async function tell() {
  const mergerId = (await buildMerger(accord)).id;
  const party = {
    kept: (await buildFaction(accord, { name: 'PSP' })).id,
    duplicate: (await buildFaction(accord, { name: 'Pak Sarzameen Party' })).id,
  };
  const man = {
    kept: (await buildPerson(accord, { name: 'Kamran Tessori' })).id,
    duplicate: (await buildPerson(accord, { name: 'Kamran Tesori' })).id,
  };
  await buildParticipant(accord, { mergerId, factionId: party.kept });
  const factionId = party.duplicate;
  const motionId = (await buildMotion(accord, { mergerId, factionId })).id;
  const voteEventId = (await buildVoteEvent(accord, { motionId, seats: 2, complete: true })).id;
  const [early, late] = ['2022-12-27', '2022-12-28'];
  await buildMember(accord, { factionId, personId: man.duplicate, endDate: early });
  await buildMember(accord, { factionId, personId: man.kept, startDate: late });
  const no = { option: 'no', castOn: early, channel: 'phone' };
  await buildVote(accord, { voteEventId, personId: man.duplicate, ...no });
  await buildVote(accord, { voteEventId, personId: man.kept });
  await buildMandate(accord, { mergerId, grantorFactionId: factionId, holderId: man.duplicate });
  return { mergerId, voteEventId, party, man };
}

/** What a reader takes from it. */
function told({ status, tally }: { status: any; tally: any }): object {
  return {
    participants: status.participants.map(
      ({ name, stance, consensus }: any) =>
        `${String(name)}: ${String(stance)}, ${askedIn(consensus)}`,
    ),
    mandates: status.mandates.map(
      ({ grantorName, holderName }: any) => `${String(grantorName)} to ${String(holderName)}`,
    ),
    yes: tally.yes.lower,
    no: tally.no.lower,
  };
}

function askedIn(consensus: any): string {
  const [motion] = consensus;
  if (motion === undefined) return 'not asked';
  const asked = motion.asked.map(({ name, option }: any) => `${String(name)} (${String(option)})`);
  return `asked ${asked.toSorted().join(', ')}`;
}
