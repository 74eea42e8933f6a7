/** How a change of a status is put into a sentence. */
import { dayOf, startOf } from './dates.js';
import { isObject, type Difference } from './differences.js';
import { stancePhrase } from './stance.js';
import { STANCES } from './vocabulary.js';
import { called, inWords, listOf, quoted, sentence } from './wording.js';

/**
 * A change in one sentence: of the phase, progress, stances, states of milestones, needs, forecast, predictions, mandates,
 * blockers and next steps. Null for any other.
 *
 * @param name of the record that it is about
 * @param reason of the phase now
 */
export function changeInWords(
  difference: Difference,
  name: string | null,
  reason: string | null,
): string | null {
  const pattern = difference.steps.map((step) => (step.isId ? '*' : step.name)).join('/');
  const told = SENTENCES[pattern]?.({ ...difference, name, reason }) ?? null;
  return told === null ? null : sentence(told);
}

type Told = Difference & { readonly name: string | null; readonly reason: string | null };

/** Null when there is nothing to say. */
type Tell = (told: Told) => string | null;

/** Each by the path, in which `*` stands for an id. */
const SENTENCES: Readonly<Record<string, Tell>> = {
  phase: ({ to, reason }) => (to === null ? null : `the phase is ${textIn(to, 'name')}: ${reason}`),
  'phase/name': ({ from, to, reason }) => `the phase went ${fromTo(from, to)}: ${reason}`,
  'phase/reason': ({ to }) => textOf(to),
  'phase/flags': flagsInWords,
  progress: ({ to }) => percentInWords(null, valueIn(to, 'percent')),
  'progress/percent': ({ from, to }) => percentInWords(from, to),
  'progress/contributions/*': comesOrGoes(titled('is needed'), titled('is no longer needed')),
  'progress/contributions/*/state': (told) => `${titleOf(told)} went ${fromTo(told.from, told.to)}`,
  'announcement/state': ({ from, to }) => `the announcement went ${fromTo(from, to)}`,
  'announcement/achievedOn': announcedInWords,
  'announcement/forecast': ({ to }) =>
    to === null
      ? 'there is no forecast any more'
      : `there is a forecast, and it is ${textIn(to, 'completeness')}`,
  'announcement/forecast/completeness': ({ from, to }) => `the forecast went ${fromTo(from, to)}`,
  'announcement/forecast/earliest': (told) => dayInWords('earliest', told),
  'announcement/forecast/likely': (told) => dayInWords('likely', told),
  'announcement/forecast/latest': (told) => dayInWords('latest', told),
  'announcement/forecast/notBefore': ({ from, to }) =>
    `the announcement cannot be before ${textOf(to)}; that was ${textOf(from)}`,
  'announcement/forecast/missing/*': comesOrGoes(
    titled('has neither an estimate nor a due date'),
    titled('no longer lacks an estimate or a due date'),
  ),
  'announcement/forecast/criticalPath/*': comesOrGoes(
    titled('is on the critical path'),
    titled('is no longer on the critical path'),
  ),
  'announcement/predictions/*': comesOrGoes(
    ({ to }) => `${statedBy(to)} expects the announcement ${windowOf(to)}`,
    ({ from }) => `it no longer counts that ${statedBy(from)} expects it ${windowOf(from)}`,
  ),
  'announcement/predictions/*/outcome': ({ from, to, within }) =>
    `that ${statedBy(within)} expects it ${windowOf(within)} went ${fromTo(from, to)}`,
  'participants/*': comesOrGoes(
    ({ name, to }) =>
      `${called(name)} takes part as ${textIn(to, 'role')} and ${stanceOf(valueIn(to, 'stance'))}`,
    ({ name }) => `${called(name)} no longer takes part`,
  ),
  'participants/*/stance': ({ name, from, to }) =>
    `${called(name)} ${stanceOf(to)}; before, the stance was ${textOf(from)}`,
  'participants/*/role': ({ name, from, to }) =>
    `${called(name)} takes part as ${textOf(to)}, no longer as ${textOf(from)}`,
  'mandates/*': comesOrGoes(
    ({ to }) => `${mandateOf(to)} is in force`,
    ({ from }) => `${mandateOf(from)} is no longer in force`,
  ),
  'blockers/*': comesOrGoes((told) => {
    const note = valueIn(told.to, 'note');
    return `${titleOf(told)} is blocked${note === null ? '' : `: ${textOf(note)}`}`;
  }, titled('is no longer blocked')),
  'next/*': comesOrGoes(titled('can be done next'), titled('is no longer next')),
  'needs/*': comesOrGoes(
    ({ to }) => `missing now: ${textIn(to, 'text')}`,
    ({ from }) => `no longer missing: ${textIn(from, 'text')}`,
  ),
  'needs/*/text': ({ to }) => textOf(to),
};

function comesOrGoes(comes: Tell, goes: Tell): Tell {
  return (told) => (told.to === null ? goes(told) : comes(told));
}

function titled(what: string): Tell {
  return (told) => `${titleOf(told)} ${what}`;
}

function titleOf({ name }: Told): string {
  return name === null ? 'a milestone' : quoted(name);
}

function flagsInWords({ from, to }: Told): string | null {
  const [before, after] = [wordsOf(from), wordsOf(to)];
  const raised = after.filter((flag) => !before.includes(flag));
  const lifted = before.filter((flag) => !after.includes(flag));
  const parts = [
    ...(raised.length > 0 ? [`flagged ${listOf(raised)}`] : []),
    ...(lifted.length > 0 ? [`no longer flagged ${listOf(lifted)}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : null;
}

function percentInWords(from: unknown, to: unknown): string {
  if (typeof to !== 'number') return 'there is no progress to count';
  if (typeof from !== 'number') return `progress is ${to} percent`;
  return `progress ${to > from ? 'rose' : 'fell'} from ${from} to ${to} percent`;
}

function announcedInWords({ from, to }: Told): string {
  if (to === null) return `the announcement of ${textOf(from)} no longer counts`;
  return `the union was announced on ${textOf(to)}${from === null ? '' : `, not on ${textOf(from)}`}`;
}

/** @example 'the likely day moved from 2023-01-05 to 2023-01-08, 3 days later' */
function dayInWords(which: string, { from, to }: Told): string {
  if (typeof to !== 'string') return `there is no ${which} day any more`;
  if (typeof from !== 'string') return `the ${which} day is ${to}`;
  const days = dayOf(startOf(to)) - dayOf(startOf(from));
  const distance = `${Math.abs(days)} ${Math.abs(days) === 1 ? 'day' : 'days'}`;
  return `the ${which} day moved from ${from} to ${to}, ${distance} ${days > 0 ? 'later' : 'earlier'}`;
}

function statedBy(prediction: unknown): string {
  return typeof valueIn(prediction, 'statedBy') === 'string'
    ? textIn(prediction, 'statedBy')
    : 'somebody who is not named';
}

function windowOf(prediction: unknown): string {
  const [from, to] = [textIn(prediction, 'from'), textIn(prediction, 'to')];
  return from === to ? `on ${from}` : `between ${from} and ${to}`;
}

function mandateOf(mandate: unknown): string {
  const holder = valueIn(mandate, 'holderName');
  const grantor = valueIn(mandate, 'grantorName');
  return `the mandate of ${nameOf(holder)} by ${nameOf(grantor)}`;
}

function nameOf(value: unknown): string {
  return called(typeof value === 'string' ? value : null);
}

function stanceOf(value: unknown): string {
  const stance = STANCES.find((each) => each === value);
  return stance === undefined ? '' : stancePhrase(stance);
}

function fromTo(from: unknown, to: unknown): string {
  return `from ${inWords(textOf(from))} to ${inWords(textOf(to))}`;
}

function textIn(object: unknown, name: string): string {
  return textOf(valueIn(object, name));
}

function valueIn(object: unknown, name: string): unknown {
  return isObject(object) ? (object[name] ?? null) : null;
}

function wordsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
