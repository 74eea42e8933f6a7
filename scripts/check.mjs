// npm test: everything that must hold, in order. One line for each check; the first failure is shown and ends it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, generate, generateClient } from './build.mjs';
import { prepare } from './install.mjs';
import { compareOpenApi } from './openapi.mjs';
import { endAll, run } from './processes.mjs';
import { Failure, finish, root } from './project.mjs';
import { withScratchDatabase } from './scratch.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// What shares a row runs side by side: there are two cores, and each row has one check that takes long.
const rows = [
  [['generated code', () => generate().then(generateClient)]],
  [
    ['lint', verb('lint')],
    ['format', verb('format:check')],
    ['import rules', verb('lint:imports')],
    ['migrations lint', verb('lint:migrations')],
  ],
  [
    ['types', verb('types')],
    ['dead code', verb('lint:unused')],
  ],
  [['build', build]],
  [
    ['openapi.json says what the code says', compareOpenApi],
    ['migrations lead to the schema', compareMigrations],
  ],
  [['unit tests', tests('test:unit')]],
  [['end-to-end tests', tests('test:e2e')]],
];

await finish(async () => {
  process.chdir(root);
  await prepare(fileURLToPath(import.meta.url));
  // The checks have a server of their own, whatever else DATABASE_URL names.
  delete process.env.DATABASE_URL;
  await checkAll();
});

async function checkAll() {
  let passed = 0;
  let failure;
  for (const row of rows) {
    await Promise.all(
      row.map(async ([name, work]) => {
        const since = Date.now();
        try {
          const result = await work();
          if (failure !== undefined) return;
          passed += 1;
          console.log(`ok    ${name} (${((Date.now() - since) / 1000).toFixed(1)} s)`);
          if (result?.summary) console.log(result.summary);
        } catch (error) {
          if (failure !== undefined) return;
          failure = error;
          endAll();
          console.log(`FAIL  ${name}\n${error instanceof Failure ? error.message : error.stack}`);
        }
      }),
    );
    if (failure !== undefined) break;
  }
  console.log(`${passed} passed, ${failure === undefined ? 0 : 1} failed`);
  process.exitCode = failure === undefined ? 0 : 1;
}

/** A script of package.json, so that a check and its verb are one. */
function verb(name) {
  return () => run('sh', ['-c', `exec ${scripts[name]}`]);
}

/** With Jest's own count. */
function tests(name) {
  return async () => {
    const { output } = await verb(name)();
    return { summary: output.match(/^Test(s| Suites):.*$/gm)?.join('\n') };
  };
}

function compareMigrations() {
  const diff = [
    'migrate',
    'diff',
    '--from-migrations=prisma/migrations',
    '--to-schema=prisma/schema.prisma',
  ];
  return withScratchDatabase((env) => run('prisma', [...diff, '--exit-code'], { env }));
}
