/** What the command line asks for. */
export interface Options {
  /** Short rounds, a small stand-in for the large data set, and nothing is written. */
  readonly quick: boolean;
  /** Makes the large data set anew. */
  readonly fresh: boolean;
  /** Which scenarios; null: all. */
  readonly only: readonly string[] | null;
}

/** How long it goes on. */
export interface Plan {
  readonly rounds: number;
  /** How long one side is under load in a round. */
  readonly seconds: number;
  /** How long it is so before, in a round, without being measured. */
  readonly leadSeconds: number;
  readonly warmUpSeconds: number;
  /** How long the pollers poll in a round: a poller asks every 5 s. */
  readonly pollSeconds: number;
  /** How often a status is read after a change, on each side of a round. */
  readonly firstReads: number;
  readonly streamSeconds: number;
}

export const FULL: Plan = {
  rounds: 7,
  seconds: 3,
  leadSeconds: 1.5,
  warmUpSeconds: 2,
  pollSeconds: 10,
  firstReads: 40,
  streamSeconds: 20,
};

export const QUICK: Plan = {
  rounds: 1,
  seconds: 1,
  leadSeconds: 0.5,
  warmUpSeconds: 0.5,
  pollSeconds: 5,
  firstReads: 10,
  streamSeconds: 4,
};

/**
 * Reads the command line.
 *
 * @throws Error that names what it does not know
 */
export function readOptions(argv: readonly string[], names: readonly string[]): Options {
  const only = argv.find((each) => each.startsWith('--only='))?.slice('--only='.length);
  const chosen = only === undefined ? null : only.split(',');
  const unknown = [
    ...argv.filter((each) => !/^--(quick|fresh|only=.*)$/.test(each)),
    ...(chosen ?? []).filter((each) => !names.includes(each)),
  ];
  if (unknown.length > 0) {
    throw new Error(
      `${unknown.join(', ')}: not known. There is --quick, --fresh, and --only= with some of ${names.join(',')}.`,
    );
  }
  return { quick: argv.includes('--quick'), fresh: argv.includes('--fresh'), only: chosen };
}
