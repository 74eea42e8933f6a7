/** Ways in which an instance would not notice how old what it keeps is, put into it on purpose: each must make a test fail. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Head } from '../../../src/platform/snapshots/head.js';
import { Snapshots } from '../../../src/platform/snapshots/snapshots.js';

const BREAKS: Readonly<Record<string, (head: Head, kept: Snapshots) => void>> = {
  /** The listener is believed to hear everything, whether it answers or not: nobody else asks. */
  trust: (head) => {
    head.isConfirmed = () => true;
    head.confirm = () => Promise.resolve(true);
  },
  /** It hears nothing: what others commit it finds when it polls. */
  deaf: (head) => {
    Object(head).listener.onNotification = () => undefined;
  },
  /** What was hidden last counts as looked at. */
  hidden: (head) => {
    head.mayHaveHidden = () => false;
  },
  /** What is out of date is said to be of just now. */
  age: (_, kept) => {
    const stale = kept.stale.bind(kept);
    kept.stale = (address) => {
      const found = stale(address);
      return found && { ...found, age: 0 };
    };
  },
  /** The database is never known to be away. */
  away: (head) => {
    head.isAway = () => false;
  },
};

/** Breaks an instance in a way that has a name, if there is one to break it in. */
export function breakFreshness(app: NestFastifyApplication, name: string | undefined): void {
  if (name === undefined || name === '') return;
  const spoil = BREAKS[name];
  if (spoil === undefined)
    throw new Error(`nothing is broken by "${name}", but by ${Object.keys(BREAKS).join(', ')}`);
  spoil(app.get(Head), app.get(Snapshots));
}
