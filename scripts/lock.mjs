import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, say } from './project.mjs';

const file = join(root, '.accord.lock');

/**
 * Does work that only one process in this folder may do at a time: installing, generating, building. Others wait. The
 * work may name further processes (`holdFor`) that keep the lock when this one is killed, for as long as they run.
 */
export async function withLock(work) {
  const mark = randomUUID();
  await take(mark);
  try {
    return await work((pid) => write(file, mark, [process.pid, pid]));
  } finally {
    rmSync(file, { force: true });
  }
}

async function take(mark) {
  for (let told = false; ;) {
    const holder = read()?.holders.find(isAlive);
    if (holder !== undefined) {
      if (!told) say(`Waiting for process ${holder.pid}, which is installing or building here.`);
      told = true;
      await sleep(200);
      continue;
    }
    // Nobody holds it, or only the dead. Several may come to this point: the last to write has it.
    const draft = `${file}.${mark}`;
    write(draft, mark, [process.pid]);
    renameSync(draft, file);
    await sleep(100);
    if (read()?.mark === mark) return;
  }
}

function write(path, mark, pids) {
  writeFileSync(
    path,
    JSON.stringify({ mark, holders: pids.map((pid) => ({ pid, since: startOf(pid) })) }),
  );
}

function read() {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  } catch {
    // Being written at this moment, or torn by a kill: the next look tells.
    return undefined;
  }
}

/** A process number is given again to others; the time of its start tells them apart. */
function isAlive({ pid, since }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM' && startOf(pid) === since;
  }
  return startOf(pid) === since;
}

function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return null;
  }
}
