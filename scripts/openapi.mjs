// npm run openapi: writes openapi.json, which npm test compares with the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { prepare } from './install.mjs';
import { run } from './processes.mjs';
import { Failure, finish, root } from './project.mjs';

const file = join(root, 'openapi.json');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await finish(async () => {
    await prepare(process.argv[1]);
    await build();
    writeFileSync(file, await describe());
  });
}

/** Fails when the committed document is not what the built code says. */
export async function compareOpenApi() {
  const [said, committed] = [await describe(), readFileSync(file, 'utf8')].map((text) =>
    text.split('\n'),
  );
  const line = said.findIndex((text, index) => text !== committed[index]);
  if (line !== -1 || said.length !== committed.length) {
    throw new Failure(
      `openapi.json differs from the code from line ${line + 1} on:\n- ${committed[line]}\n+ ${said[line]}\nRun "npm run openapi" and commit it.`,
    );
  }
}

async function describe() {
  const { stdout } = await run('node', ['dist/src/openapi.js']);
  return stdout;
}
