import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, spawnOptions } from './cluster.js';

// Fast shutdown, then immediate, then none.
const SHUTDOWN = [
  ['SIGINT', 25_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

// What a service has at most: its pools, what listens and what asks. And some for whoever looks after the database.
const EACH = 15;
const SPARE = 20;
const USUAL_CONNECTIONS = 100;

/** The server process, as its parent sees it. */
export interface Postmaster {
  readonly process: ChildProcess;
  /** Ends the server: its sessions are cut off, its data is written. */
  stop(): Promise<void>;
}

/** Why a server did not come up, in its own words. */
export class StartFailure extends Error {
  readonly log: string;

  constructor(log: string) {
    super(`Postgres did not start:\n${log}`);
    this.log = log;
  }
}

/** Starts the server and waits until it takes connections, recovery after a crash included. */
export async function startPostmaster(cluster: Cluster, port: number): Promise<Postmaster> {
  const logFile = join(cluster.folder, 'postgres.log');
  await rename(logFile, `${logFile}.1`).catch(() => undefined);
  const server = await spawnServer(cluster, port, logFile);
  const watchdog = spawnWatchdog(cluster, server);
  server.once('exit', () => watchdog.stdin?.end('it has ended\n'));
  while (hasEnded(server) || !isReady(cluster, server)) {
    if (hasEnded(server)) {
      throw new StartFailure((await readFile(logFile, 'utf8')).slice(-4_000));
    }
    await sleep(20);
  }
  return { process: server, stop: () => endProcess(server) };
}

async function spawnServer(cluster: Cluster, port: number, logFile: string): Promise<ChildProcess> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const server = spawn(
      join(cluster.programs, 'bin', 'postgres'),
      ['-D', cluster.data, ...settings(cluster, port).flatMap((setting) => ['-c', setting])],
      // A session of its own: Ctrl-C is for the service, which ends the server when it is done with it.
      { ...spawnOptions(cluster.account), detached: true, stdio: ['ignore', log.fd, log.fd] },
    );
    await once(server, 'spawn');
    server.unref();
    return server;
  } finally {
    await log.close();
  }
}

/**
 * Makes sure that nobody runs on the data directory. A server that outlived its service is ended; a server whose service
 * lives is given a while to finish, then it is theirs.
 */
export async function takeOver(cluster: Cluster): Promise<void> {
  const patience = Date.now() + 10_000;
  for (;;) {
    const running = await runningServer(cluster);
    if (running === undefined) return;
    if (running.orphaned) {
      await endOrphan(cluster, running.pid);
    } else if (running.parent === process.pid || Date.now() > patience) {
      throw new Error(
        `Accord is running already on ${cluster.home} (process ${String(running.parent)}). Stop it, or set ACCORD_DATA to another folder.`,
      );
    }
    await sleep(100);
  }
}

function settings(cluster: Cluster, port: number): string[] {
  return [
    `port=${String(port)}`,
    'listen_addresses=127.0.0.1',
    `max_connections=${String(Math.max(USUAL_CONNECTIONS, cluster.instances * EACH + SPARE))}`,
    'unix_socket_directories=',
    'TimeZone=UTC',
    'log_timezone=UTC',
    'lc_messages=C',
    'log_checkpoints=off',
    // A statement of a service that was killed ends with it.
    'client_connection_check_interval=5s',
    // By this mark the next start tells whether the service that started the server still lives.
    `accord.service=${String(process.pid)}`,
    ...(cluster.durable ? [] : ['fsync=off', 'full_page_writes=off']),
  ];
}

/** Ends the server when this process is gone, however it went: the pipe closes, and what waits on it sends the signal. */
function spawnWatchdog(cluster: Cluster, server: ChildProcess): ChildProcess {
  const watchdog = spawn(
    '/bin/sh',
    ['-c', 'read -r _ || kill -INT "$1"', 'sh', String(server.pid)],
    {
      ...spawnOptions(cluster.account),
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return watchdog;
}

/** As pg_ctl does it: the eighth line of the lock file tells the state. */
function isReady(cluster: Cluster, server: ChildProcess): boolean {
  const lock = readLock(cluster);
  return Number(lock[0]) === server.pid && lock[7]?.trim() === 'ready';
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** It is over within 35 seconds. */
async function endProcess(server: ChildProcess): Promise<void> {
  for (const [signal, patience] of SHUTDOWN) {
    if (hasEnded(server)) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    const timer = new AbortController();
    await Promise.race([ended, sleep(patience, undefined, { signal: timer.signal })]);
    timer.abort();
  }
}

async function endOrphan(cluster: Cluster, pid: number): Promise<void> {
  for (const [signal, patience] of SHUTDOWN.slice(0, 2)) {
    const until = Date.now() + patience;
    process.kill(pid, signal);
    while (Date.now() < until) {
      if ((await runningServer(cluster))?.pid !== pid) return;
      await sleep(50);
    }
  }
  throw new Error(
    `The Postgres server that a killed Accord left (process ${String(pid)}) does not end.`,
  );
}

interface RunningServer {
  readonly pid: number;
  readonly parent: number;
  readonly orphaned: boolean;
}

/**
 * The server that runs on the data directory, whoever started it.
 *
 * Postgres takes a lock file for good while its process number is in use, even by a stranger who got it after a kill or a
 * restart. Then nobody runs here, and the file goes. (Sessions that linger are still found out, by their shared memory.)
 */
async function runningServer(cluster: Cluster): Promise<RunningServer | undefined> {
  const pid = Number(readLock(cluster)[0]);
  const found = pid > 0 ? describeProcess(pid) : undefined;
  if (found === undefined) return undefined;
  if (!found.command.includes(`-D ${cluster.data} `)) {
    await rm(join(cluster.data, 'postmaster.pid'), { force: true });
    return undefined;
  }
  const service = /accord\.service=(\d+)/.exec(found.command)?.[1];
  return { pid, parent: found.parent, orphaned: found.parent !== Number(service) };
}

function readLock(cluster: Cluster): string[] {
  try {
    return readFileSync(join(cluster.data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function describeProcess(pid: number): { command: string; parent: number } | undefined {
  try {
    return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): { command: string; parent: number } {
  const command = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The name in parentheses may hold anything; the state and the parent follow it.
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  return { command, parent };
}

function fromPs(pid: number): { command: string; parent: number } {
  const line = execFileSync('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)])
    .toString()
    .trim();
  return { command: `${line} `, parent: Number.parseInt(line, 10) };
}
