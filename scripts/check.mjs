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

// What stands in one lane runs in its order; lanes run side by side, each stage when the one before is over. The tests wait for
// Postgres now and then: meanwhile there is time for what is nice.
const stages = [
  [
    [
      ['generated code', () => generate().then(generateClient)],
      ['build', build],
      ['openapi.json says what the code says', compareOpenApi],
      ['migrations lead to the schema', compareMigrations],
    ],
  ],
  [
    [
      ['unit tests', tests('test:unit')],
      ['end-to-end tests', tests('test:e2e')],
    ],
    [
      ['types', nice('types')],
      ['lint', nice('lint')],
      ['format', nice('format:check')],
      ['import rules', nice('lint:imports')],
      ['migrations lint', nice('lint:migrations')],
      ['dead code', nice('lint:unused')],
    ],
  ],
];

await finish(async () => {
  process.chdir(root);
  await prepare(fileURLToPath(import.meta.url));
  // The checks have a server of their own, whatever else DATABASE_URL names.
  delete process.env.DATABASE_URL;
  await checkAll();
});

async function checkAll() {
  const outcome = { passed: 0, hasFailed: false };
  for (const lanes of stages) {
    await Promise.all(lanes.map((lane) => checkInOrder(lane, outcome)));
    if (outcome.hasFailed) break;
  }
  console.log(`${outcome.passed} passed, ${outcome.hasFailed ? 1 : 0} failed`);
  process.exitCode = outcome.hasFailed ? 1 : 0;
}

async function checkInOrder(lane, outcome) {
  for (const [name, work] of lane) {
    if (outcome.hasFailed) return;
    const since = Date.now();
    try {
      const result = await work();
      if (outcome.hasFailed) return;
      outcome.passed += 1;
      console.log(`ok    ${name} (${((Date.now() - since) / 1000).toFixed(1)} s)`);
      if (result?.summary) console.log(result.summary);
    } catch (error) {
      if (outcome.hasFailed) return;
      outcome.hasFailed = true;
      endAll();
      console.log(`FAIL  ${name}\n${error instanceof Failure ? error.message : error.stack}`);
    }
  }
}

/** A script of package.json, so that a check and its verb are one. */
function verb(name) {
  return () => run('sh', ['-c', `exec ${scripts[name]}`]);
}

/** The same, behind whatever else runs. */
function nice(name) {
  return () => run('nice', ['-n', '10', 'sh', '-c', `exec ${scripts[name]}`]);
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
