import type { Command } from 'commander';
import { accordClient, type AccordClient } from '../client/client.js';
import { EXIT, type Exit } from './exit.js';
import { Output } from './output.js';
import { readAccess, type Given } from './settings.js';

/** What every command has: somebody to ask, and a way to tell. */
export interface Session {
  readonly client: AccordClient;
  readonly url: string;
  readonly hasKey: boolean;
  readonly output: Output;
}

/** Where it is said how a command ended. */
export interface Ending {
  code: Exit;
}

/** What stands before the name of a command, or after it. */
export interface GlobalOptions extends Given {
  readonly json?: true;
}

/** What a command does with its arguments and options; nothing is as good as 0. */
export type Work<Args extends readonly unknown[]> = (
  session: Session,
  ...args: Args
) => Promise<Exit | undefined>;

/** Has a command do its work in a session of its own. */
export function does<Args extends readonly unknown[]>(
  command: Command,
  ending: Ending,
  work: Work<Args>,
): void {
  command.action(async (...given: readonly unknown[]) => {
    const options: GlobalOptions = command.optsWithGlobals();
    const access = readAccess(options, process.env);
    const session: Session = {
      client: accordClient(access),
      url: access.url,
      hasKey: access.key !== undefined,
      output: new Output(options.json === true),
    };
    // The last that commander gives is the command itself.
    ending.code = (await work(session, ...(given.slice(0, -1) as unknown as Args))) ?? EXIT.ok;
  });
}
