// npm start: installs, builds and runs the service, whatever of it is needed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { prepare } from './install.mjs';
import { leaveSignals } from './processes.mjs';
import { finish, root } from './project.mjs';

await finish(async () => {
  process.chdir(root);
  await prepare(fileURLToPath(import.meta.url));
  await build();
  leaveSignals();
  endWithNpm();
  process.setSourceMapsEnabled(true);
  // In this very process: signals, exit code and terminal are the service's own.
  await import(pathToFileURL(join(root, 'dist', 'src', 'main.js')).href);
});

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
