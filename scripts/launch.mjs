// What npm start and npm run start:cluster have in common: they install, build and become the service.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { prepare } from './install.mjs';
import { leaveSignals } from './processes.mjs';
import { root } from './project.mjs';

/** Installs and builds what is missing, and goes on as a program of dist/src in this very process. */
export async function launch(script, program) {
  process.chdir(root);
  await prepare(script);
  await build();
  leaveSignals();
  endWithNpm();
  process.setSourceMapsEnabled(true);
  // In this very process: signals, exit code and terminal are the service's own.
  await import(pathToFileURL(join(root, 'dist', 'src', program)).href);
}

/** Killed with -9, npm cannot pass the signal on: without it the service would keep the port, out of the terminal's reach. */
function endWithNpm() {
  const chain = ancestorsUpToNpm(process.pid);
  if (chain === undefined) return;
  const watch = setInterval(() => {
    const now = chain.map(([pid]) => [pid, parentOf(pid)]);
    if (JSON.stringify(now) === JSON.stringify(chain)) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 1_000);
  watch.unref();
}

/** Each process from here to npm with its parent; none when npm is not above, or when the system does not tell. */
function ancestorsUpToNpm(pid) {
  const chain = [];
  for (let child = pid, depth = 0; depth < 4; depth += 1) {
    const parent = parentOf(child);
    if (parent === undefined || parent <= 1) return undefined;
    chain.push([child, parent]);
    if (nameOf(parent).startsWith('npm ')) return chain;
    child = parent;
  }
  return undefined;
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function nameOf(pid) {
  return readFileSync(`/proc/${pid}/comm`, 'utf8');
}
