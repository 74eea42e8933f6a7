/** Ways in which keeping answers would be wrong, put into an instance on purpose: each must make the model fail. */
import { Snapshot } from '../../../src/platform/snapshots/snapshot.js';
import type { Instance } from './instances.js';

const BREAKS: Readonly<Record<string, (instance: Instance) => void>> = {
  /** Its own commits it learns of like those of others. */
  commit: ({ head }) => {
    head.noteCommit = () => undefined;
  },
  /** Nothing that is kept rests on anything. */
  touches: ({ head }) => {
    head.touches.areOlder = () => true;
  },
  /** What belongs to no merger counts for none. */
  narrow: ({ head }) => {
    const { touches } = head;
    const note = touches.note.bind(touches);
    touches.note = (row) => note({ ...row, touchesAll: false });
  },
  /** What is kept holds at any time. */
  time: ({ kept }) => {
    const keep = kept.keep.bind(kept);
    kept.keep = (address, basis, answer) => keep(address, { ...basis, span: null }, answer);
  },
  /** Readers are given what key holders are. */
  audience: ({ kept }) => {
    const keep = kept.keep.bind(kept);
    kept.keep = (address, basis, answer) => keep(address.replace('*', ''), basis, answer);
  },
  /** Whoever has some answer has this one. */
  unchanged: ({ kept }) => {
    const keep = kept.keep.bind(kept);
    kept.keep = (address, basis, answer) => {
      const made = keep(address, basis, answer);
      made.answer = (accept, tags) =>
        Snapshot.prototype.answer.call(made, accept, tags === undefined ? tags : answer.tag);
      return made;
    };
  },
};

/** Breaks an instance in a way that has a name, if there is one to break it in. */
export function breakOn(instance: Instance, name: string | undefined): void {
  if (name === undefined || name === '') return;
  const spoil = BREAKS[name];
  if (spoil === undefined)
    throw new Error(`nothing is broken by "${name}", but by ${Object.keys(BREAKS).join(', ')}`);
  spoil(instance);
}
