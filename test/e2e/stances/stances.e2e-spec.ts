import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import {
  buildFaction,
  buildMandate,
  buildMerger,
  buildMotion,
  buildParticipant,
  buildPerson,
  type Fields,
} from '../../support/factories.js';
import { expectRefusal } from '../../support/refusals.js';

let accord: TestApp;
beforeAll(async () => {
  accord = await startTestApp();
});
afterAll(() => accord.stop());

/** A faction with a committee beneath it, in a merger, and how it takes a stance. */
async function inTalks() {
  const mergerId = (await buildMerger(accord)).id;
  const factionId = (await buildFaction(accord)).id;
  const committeeId = (await buildFaction(accord, { parentId: factionId })).id;
  const participantId = (await buildParticipant(accord, { mergerId, factionId })).id;
  const take = (fields: Fields) => () =>
    accord.post(`/v1/participants/${participantId}/stances`, {
      stance: 'agreed',
      occurredOn: '2022-12-30',
      ...fields,
    });
  return { mergerId, factionId, committeeId, participantId, take };
}

describe('a stance on a mandate', () => {
  const notInForce = [422, 'mandate_not_in_force', '/mandateId'] as const;
  const notApplicable = [422, 'mandate_not_applicable', '/mandateId'] as const;

  it('is taken while the mandate of the faction or of a committee beneath it is in force', async () => {
    const { mergerId, factionId, committeeId, take } = await inTalks();
    for (const grantorFactionId of [factionId, committeeId]) {
      const mandateId = (await buildMandate(accord, { mergerId, grantorFactionId })).id;
      const answer = await take({ basis: 'mandate', mandateId })();
      expect(answer).toMatchObject({ status: 201, body: { basis: 'mandate', mandateId } });
    }
  });

  it('refuses a mandate that has expired, was revoked or has not begun', async () => {
    const { mergerId, factionId, take } = await inTalks();
    for (const term of [
      { endDate: '2022-12-29' },
      { revokedOn: '2022-12-30' },
      { revokedOn: '2022-12-29', endDate: '2023' },
      { startDate: '2022-12-31' },
    ]) {
      const mandate = await buildMandate(accord, {
        mergerId,
        grantorFactionId: factionId,
        ...term,
      });
      const stance = take({ basis: 'mandate', mandateId: mandate.id });
      await expectRefusal(accord, stance, notInForce);
    }
    const lastDay = { startDate: '2022-12-30', endDate: '2022-12-30' };
    const { id } = await buildMandate(accord, {
      mergerId,
      grantorFactionId: factionId,
      ...lastDay,
    });
    expect((await take({ basis: 'mandate', mandateId: id })()).status).toBe(201);
  });

  it('refuses a mandate that somebody else granted', async () => {
    const { mergerId, factionId, take } = await inTalks();
    const above = (await buildFaction(accord)).id;
    await accord.patch(`/v1/factions/${factionId}`, { parentId: above });
    const stranger = (await buildFaction(accord)).id;
    const person = (await buildPerson(accord)).id;
    for (const grantor of [
      { grantorFactionId: stranger },
      { grantorFactionId: above },
      { grantorPersonId: person },
    ]) {
      const mandateId = (await buildMandate(accord, { mergerId, ...grantor })).id;
      await expectRefusal(accord, take({ basis: 'mandate', mandateId }), notApplicable);
    }
  });

  it('refuses a mandate of another merger', async () => {
    const { factionId, take } = await inTalks();
    const mandateId = (await buildMandate(accord, { grantorFactionId: factionId })).id;
    const foreign = [422, 'reference_of_another_merger', '/mandateId'] as const;
    await expectRefusal(accord, take({ basis: 'mandate', mandateId }), foreign);
  });

  it('is taken by a person on a mandate of that person only', async () => {
    const mergerId = (await buildMerger(accord)).id;
    const personId = (await buildPerson(accord)).id;
    const { id } = await buildParticipant(accord, { mergerId, personId });
    const stance = { stance: 'agreed', occurredOn: '2022-12-30', basis: 'mandate' };
    const take = (mandateId: string) => () =>
      accord.post(`/v1/participants/${id}/stances`, { ...stance, mandateId });
    const others = (await buildMandate(accord, { mergerId })).id;
    await expectRefusal(accord, take(others), notApplicable);
    const own = (await buildMandate(accord, { mergerId, grantorPersonId: personId })).id;
    expect((await take(own)()).status).toBe(201);
  });

  it('refuses to be moved to a date on which the mandate is not in force', async () => {
    const { mergerId, factionId, take } = await inTalks();
    const mandateId = (await buildMandate(accord, { mergerId, grantorFactionId: factionId })).id;
    const { id } = (await take({ basis: 'mandate', mandateId })()).body as { id: string };
    const early = () => accord.patch(`/v1/stances/${id}`, { occurredOn: '2022-12-27' });
    await expectRefusal(accord, early, notInForce);
    const other = () => accord.patch(`/v1/stances/${id}`, { basis: 'statement' });
    await expectRefusal(accord, other, [422, 'basis_mismatch', '/mandateId']);
    const stated = { basis: 'statement', mandateId: null };
    expect((await accord.patch(`/v1/stances/${id}`, stated)).status).toBe(200);
  });
});

describe('the basis of a stance', () => {
  it('names what it rests on, and nothing else is named', async () => {
    const { mergerId, factionId, take } = await inTalks();
    const motionId = (await buildMotion(accord, { mergerId, factionId })).id;
    const mandateId = (await buildMandate(accord, { mergerId, grantorFactionId: factionId })).id;
    for (const [fields, pointer] of [
      [{ basis: 'mandate' }, '/mandateId'],
      [{ basis: 'motion' }, '/motionId'],
      [{ basis: 'statement', mandateId }, '/mandateId'],
      [{ basis: 'reported', motionId }, '/motionId'],
      [{ mandateId }, '/mandateId'],
      [{ motionId }, '/motionId'],
      [{ basis: 'mandate', motionId }, '/mandateId'],
      [{ basis: 'motion', motionId, mandateId }, '/mandateId'],
    ] as const) {
      await expectRefusal(accord, take(fields), [422, 'basis_mismatch', pointer]);
    }
    expect((await take({ basis: 'motion', motionId })()).status).toBe(201);
    expect((await take({ basis: 'statement' })()).status).toBe(201);
    expect((await take({})()).status).toBe(201);
  });

  it('refuses a stance of nobody, and one of a participant who was retracted', async () => {
    const { participantId, take } = await inTalks();
    await accord.retract(`/v1/participants/${participantId}`);
    await expectRefusal(accord, take({}), [410, 'retracted']);
    expect((await accord.get(`/v1/participants/${participantId}/stances`)).status).toBe(410);
  });

  it('refuses a stance that names its participant itself: the path does', async () => {
    const { participantId, take } = await inTalks();
    const named = take({ participantId });
    await expectRefusal(accord, named, [400, 'validation_failed', '/participantId']);
  });
});

describe('a mandate', () => {
  it('is granted by a faction or by a person, not by both and not by nobody', async () => {
    const mandate = await buildMandate(accord);
    const { mergerId, holderId, grantorFactionId } = mandate;
    const grantorPersonId = (await buildPerson(accord)).id;
    const body = { mergerId, holderId, scope: 'To decide.', startDate: '2022-12-28' };
    const refusal = [422, 'grantor_both_or_neither', '/grantorFactionId'] as const;
    await expectRefusal(accord, () => accord.post('/v1/mandates', body), refusal);
    const both = { ...body, grantorFactionId, grantorPersonId };
    await expectRefusal(accord, () => accord.post('/v1/mandates', both), refusal);
    const address = `/v1/mandates/${mandate.id}`;
    await expectRefusal(accord, () => accord.patch(address, { grantorPersonId }), refusal);
    const handed = { grantorPersonId, grantorFactionId: null };
    expect(await accord.patch(address, handed)).toMatchObject({ status: 200, body: handed });
  });

  it('refuses an end and a revocation before its start', async () => {
    const mandate = await buildMandate(accord, { startDate: '2022-12-28' });
    for (const end of ['endDate', 'revokedOn']) {
      const patch = () => accord.patch(`/v1/mandates/${mandate.id}`, { [end]: '2022-12-27' });
      await expectRefusal(accord, patch, [422, 'end_before_start', `/${end}`]);
    }
  });

  it('refuses a motion of another merger', async () => {
    const mandate = await buildMandate(accord);
    const motionId = (await buildMotion(accord)).id;
    const patch = () => accord.patch(`/v1/mandates/${mandate.id}`, { motionId });
    await expectRefusal(accord, patch, [422, 'reference_of_another_merger', '/motionId']);
  });
});
