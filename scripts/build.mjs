import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './install.mjs';
import { withLock } from './lock.mjs';
import { run } from './processes.mjs';
import { finish, root, say } from './project.mjs';

const generated = join(root, 'src', 'generated', 'prisma');
const clientTypes = join(root, 'src', 'generated', 'client');
const dist = join(root, 'dist');
const workshop = join(root, 'node_modules', '.accord-build');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await finish(async () => {
    await prepare(process.argv[1]);
    await build();
  });
}

/** Writes the Prisma client into src/generated, when the schema has changed. */
export async function generate() {
  const hash = hashOf(['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json']);
  await onceFor(hash, join(generated, '.stamp'), async (started) => {
    say('Generating the database client …');
    await run('prisma', ['generate'], { started });
    writeFileSync(join(generated, '.stamp'), hash);
  });
}

/** Writes the types of the client into src/generated, when the OpenAPI document has changed. */
export async function generateClient() {
  const hash = hashOf(['openapi.json', 'package-lock.json']);
  await onceFor(hash, join(clientTypes, '.stamp'), async (started) => {
    say('Generating the client’s types …');
    mkdirSync(clientTypes, { recursive: true });
    const output = join(clientTypes, 'openapi.ts');
    await run('openapi-typescript', ['openapi.json', '--output', output], { started });
    writeFileSync(join(clientTypes, '.stamp'), hash);
  });
}

/** Compiles into dist, when anything it is made of has changed. */
export async function build() {
  await generate();
  await generateClient();
  const hash = hashOf([
    'src',
    'openapi.json',
    'prisma',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
  ]);
  await onceFor(hash, join(dist, '.stamp'), async (started) => {
    say('Building …');
    rmSync(workshop, { recursive: true, force: true });
    await run('tsc', ['-p', 'tsconfig.build.json', '--outDir', join(workshop, 'new')], { started });
    writeFileSync(join(workshop, 'new', '.stamp'), hash);
    // The old build gives way to the new one whole, under the feet of nobody who starts in between.
    if (existsSync(dist)) renameSync(dist, join(workshop, 'old'));
    renameSync(join(workshop, 'new'), dist);
    rmSync(workshop, { recursive: true, force: true });
  });
}

async function onceFor(hash, stamp, work) {
  const isDone = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
  if (!isDone()) await withLock((holdFor) => (isDone() ? undefined : work(holdFor)));
}

/** A digest of the files' names and contents; tests and what is generated do not count. */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesOf(path)) {
      hash.update(`${file}\n`).update(readFileSync(join(root, file)));
    }
  }
  return hash.digest('hex');
}

function filesOf(path) {
  if (!existsSync(join(root, path))) return [];
  if (/\.(ts|json|prisma)$/.test(path)) return path.endsWith('.spec.ts') ? [] : [path];
  if (path === 'src/generated') return [];
  const entries = readdirSync(join(root, path), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() || /\.(ts|json|prisma)$/.test(entry.name))
    .map((entry) => `${path}/${entry.name}`)
    .sort()
    .flatMap(filesOf);
}
