#!/usr/bin/env node
// The command line, built when it is not, in the folder where it is called.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { prepare } from './install.mjs';
import { leaveSignals } from './processes.mjs';
import { finish, root } from './project.mjs';

await finish(async () => {
  await prepare(fileURLToPath(import.meta.url));
  await build();
  leaveSignals();
  await import(pathToFileURL(join(root, 'dist', 'src', 'cli', 'main.js')).href);
});
