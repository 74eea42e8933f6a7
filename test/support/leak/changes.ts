/** What becomes of a story once it is told. */
import type { Fields } from '../factories.js';
import {
  LIFTING,
  last,
  ofType,
  patch,
  pick,
  retract,
  type Teller,
  type ToldRecord,
} from './world.js';

/** Changes what was told here and there: held back, shown, reworded, made to name something else, retracted. */
export async function changeAtRandom(teller: Teller, share: number): Promise<void> {
  for (const record of [...teller.records.values()]) {
    if (teller.random() >= share || last(record).retracted) continue;
    if (teller.random() < 0.15) await retract(teller, record);
    else await patch(teller, record, anyChange(teller, record));
  }
}

/** Changes only what hides the record further, or nothing but its words. */
export async function changeInSecret(teller: Teller, record: ToldRecord): Promise<void> {
  if (last(record).retracted) return;
  if (teller.random() < 0.3) await retract(teller, record);
  else await patch(teller, record, {});
}

function anyChange(teller: Teller, record: ToldRecord): Fields {
  const { body } = last(record);
  const others = ofType(teller, 'milestones').filter(
    (each) => each.id !== record.id && last(each).body['mergerId'] === body['mergerId'],
  );
  if (body['classification'] === 'announcement' && record.type === 'milestones')
    return { dependsOn: others.map(({ id }) => id) };
  if (record.type === 'sources' && teller.random() < 0.3)
    return { confidential: body['confidential'] !== true };
  return pick(teller, [
    { visibility: 'draft' },
    { embargoUntil: LIFTING },
    { visibility: 'public', embargoUntil: null },
    { visibility: 'public', embargoUntil: null },
    { visibility: 'public', embargoUntil: null },
    otherReference(teller, body),
    {},
    {},
  ]);
}

/** Has a record name another person or faction than it does. */
function otherReference(teller: Teller, body: Fields): Fields {
  const names = ['personId', 'factionId', 'holderId', 'hostFactionId', 'speakerId', 'parentId'];
  const named = names.filter((name) => typeof body[name] === 'string');
  if (named.length === 0) return {};
  const name = pick(teller, named);
  const type = /faction|parent/i.test(name) ? 'factions' : 'people';
  return { [name]: pick(teller, ofType(teller, type)).id };
}
