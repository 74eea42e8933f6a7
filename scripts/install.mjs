import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { withLock } from './lock.mjs';
import { become, run } from './processes.mjs';
import { Failure, root, say } from './project.mjs';

const bin = join(root, 'node_modules', '.bin');
const pinnedNode = join(bin, 'node');
const stamp = join(root, 'node_modules', '.accord-install');

/**
 * Installs what is missing or stale, and sees to it that the script goes on with the Node that the project pins: on
 * another one it starts the script again and does not return.
 */
export async function prepare(script) {
  if (!isInstalled()) {
    await withLock((holdFor) => (isInstalled() ? undefined : install(holdFor)));
  }
  if (process.versions.node !== pinnedVersion()) {
    await become(pinnedNode, [script, ...process.argv.slice(2)]);
  }
  // As in a script of npm's: programs come from node_modules, on the pinned Node.
  process.env.PATH = [bin, ...foreignPath()].join(delimiter);
  // Started by another Node, it ends with that one.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}

async function install(holdFor) {
  say('Installing dependencies (npm ci) …');
  // The Node of node_modules is about to be deleted: npm runs on the machine's.
  const env = { ...process.env, PATH: foreignPath().join(delimiter) };
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? ['node', process.env.npm_execpath]
    : ['npm'];
  const [command, ...args] = [
    ...npm,
    'ci',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await run(command, args, { env, started: holdFor });
  if (!existsSync(pinnedNode)) {
    throw new Failure(
      'npm ci did not install Node: its install scripts seem to be switched off (ignore-scripts). Allow them and start again.',
    );
  }
  await run(pinnedNode, ['--version']);
  writeFileSync(stamp, lockHash());
}

function isInstalled() {
  return existsSync(pinnedNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function pinnedVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.node;
}

function foreignPath() {
  const path = (process.env.PATH ?? '').split(delimiter);
  return path.filter((folder) => !folder.startsWith(join(root, 'node_modules') + sep));
}
