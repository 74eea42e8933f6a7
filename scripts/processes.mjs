import { spawn } from 'node:child_process';
import { Failure, root } from './project.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const running = new Set();

for (const signal of SIGNALS) process.on(signal, endAll);

/** Runs a program to its end and returns what it printed, its errors included. */
export function run(command, args, { env = process.env, started = () => undefined } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    if (child.pid !== undefined) started(child.pid);
    let output = '';
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => fail(new Failure(`${command} cannot be run: ${error.message}`)));
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) done({ output, stdout });
      else
        fail(
          new Failure(
            `${output.trimEnd()}\n${[command, ...args].join(' ')} ended with ${signal ?? `code ${code}`}.`,
          ),
        );
    });
  });
}

/** Goes on as another program, in the same terminal: signals reach it, and its end is ours. */
export function become(command, args) {
  for (const signal of SIGNALS) process.off(signal, endAll);
  // Through the channel it notices when this process is killed, and ends.
  const child = spawn(command, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  return new Promise((_, fail) => {
    child.on('error', (error) => fail(new Failure(`${command} cannot be run: ${error.message}`)));
    child.on('exit', (code, signal) => {
      if (signal === null) process.exit(code);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  });
}

/** From here on signals are for the program that this process becomes. */
export function leaveSignals() {
  for (const signal of SIGNALS) process.off(signal, endAll);
}

/** Nothing that this process has started goes on without it. */
export function endAll(signal) {
  for (const child of running) child.kill('SIGTERM');
  if (signal !== undefined) {
    process.off(signal, endAll);
    process.kill(process.pid, signal);
  }
}
