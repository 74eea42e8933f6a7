#!/usr/bin/env node
import { Command } from 'commander';
import { addChanges } from './commands/changes.command.js';
import { addDoctor } from './commands/doctor.command.js';
import { addDuplicates } from './commands/duplicates.command.js';
import { addExport } from './commands/export.command.js';
import { addImport } from './commands/import.command.js';
import { addKeys } from './commands/keys.command.js';
import { addMergers } from './commands/mergers.command.js';
import { addStatus } from './commands/status.command.js';
import { EXIT, exitOf } from './exit.js';
import { Output } from './output.js';
import type { Ending } from './session.js';
import { CommanderError } from 'commander';

const program = new Command('accord')
  .description(
    'How far mergers of political factions are: load, look up, watch and check an Accord.',
  )
  .option('--url <address>', 'where the service is (ACCORD_URL; http://127.0.0.1:3000)')
  .option(
    '--key-file <file>',
    'a file whose first line is the key (ACCORD_KEY; ~/.config/accord/key)',
  )
  .option('--json', 'print JSON, one value a line')
  .showHelpAfterError('(accord --help tells more)')
  .exitOverride();

const ending: Ending = { code: EXIT.ok };
for (const add of [
  addImport,
  addExport,
  addDuplicates,
  addKeys,
  addMergers,
  addStatus,
  addChanges,
  addDoctor,
]) {
  add(program, ending);
}

// Errors may come before the options are read, and are told as they ask for.
const json = process.argv.includes('--json');

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads us may have enough, as head has.
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  new Output(json).fail(error);
  process.exit(EXIT.bug);
});
// What is said beside it nobody has to hear.
process.stderr.on('error', () => undefined);

if (json) {
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap((each) => each.commands),
  ])
    command.showHelpAfterError(false).configureOutput({ outputError: () => undefined });
}

try {
  await program.parseAsync();
} catch (error) {
  ending.code = exitOf(error);
  // Commander says it itself, to whoever reads.
  if (!(error instanceof CommanderError) || (json && error.exitCode !== 0))
    new Output(json).fail(error);
}
process.exitCode = ending.code;
