// npm run openapi: writes openapi.json, which npm test compares with the code.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from './build.mjs';
import { prepare } from './install.mjs';
import { run } from './processes.mjs';
import { Failure, finish, root } from './project.mjs';

const file = join(root, 'openapi.json');
const workshop = join(root, 'node_modules', '.accord-openapi');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await finish(async () => {
    await prepare(process.argv[1]);
    await generate();
    // The service alone: what is compiled by the document may wait for the new one.
    await run('tsc', ['-p', 'tsconfig.openapi.json', '--outDir', workshop]);
    writeFileSync(file, await describe(workshop));
    rmSync(workshop, { recursive: true });
  });
}

/** Fails when the committed document is not what the built code says. */
export async function compareOpenApi() {
  const [said, committed] = [await describe(join(root, 'dist')), readFileSync(file, 'utf8')].map(
    (text) => text.split('\n'),
  );
  const line = said.findIndex((text, index) => text !== committed[index]);
  if (line !== -1 || said.length !== committed.length) {
    throw new Failure(
      `openapi.json differs from the code from line ${line + 1} on:\n- ${committed[line]}\n+ ${said[line]}\nRun "npm run openapi" and commit it.`,
    );
  }
}

async function describe(folder) {
  const { stdout } = await run('node', [join(folder, 'src', 'openapi.js')]);
  return stdout;
}
