import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const MAIN = fileURLToPath(new URL('src/cli/main.ts', ROOT));
/** What is compiled once is not compiled for every command. */
const COMPILED = fileURLToPath(new URL('node_modules/.cache/accord-commands', ROOT));
const RESOLVE = new URL('test/support/resolve-typescript.mjs', ROOT).href;
const ACCORD = ['--experimental-transform-types', '--no-warnings', '--import', RESOLVE, MAIN];

/** What a command may be given. */
export interface Setting {
  readonly env?: Readonly<Record<string, string>>;
  /** On stdin. */
  readonly input?: string;
  readonly cwd?: string;
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line, as a process of its own. */
export class Running {
  stdout = '';
  stderr = '';
  private readonly closed: Promise<unknown>;

  private constructor(private readonly child: ChildProcessByStdio<null, Readable, Readable>) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.closed = once(child, 'close');
  }

  /** Starts `accord` with its arguments, in an environment that knows nothing else of an Accord. */
  static start(args: readonly string[], setting: Setting = {}): Running {
    return Running.spawned([process.execPath, ...ACCORD, ...args], setting);
  }

  /** The same on a terminal, where stdout and stderr are one. */
  static startOnTerminal(args: readonly string[], setting: Setting = {}): Running {
    const quoted = [process.execPath, ...ACCORD, ...args].map((word) => `'${word}'`).join(' ');
    return Running.spawned(
      ['script', '--quiet', '--return', '--command', quoted, '/dev/null'],
      setting,
    );
  }

  /** The same with its stdout elsewhere, as a shell says: `> file`, `| program`. With a pipe it ends as that program does. */
  static startRedirected(
    redirection: string,
    args: readonly string[],
    setting: Setting = {},
  ): Running {
    return Running.spawned(
      ['sh', '-c', `"$@" ${redirection}`, 'sh', process.execPath, ...ACCORD, ...args],
      setting,
    );
  }

  private static spawned(
    [program = '', ...args]: readonly string[],
    { env = {}, input, cwd }: Setting,
  ): Running {
    const child = spawn(program, args, {
      env: {
        PATH: process.env['PATH'],
        XDG_CONFIG_HOME: '/nowhere',
        NODE_COMPILE_CACHE: COMPILED,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
    });
    child.stdin.end(input);
    return new Running(child as unknown as ChildProcessByStdio<null, Readable, Readable>);
  }

  /** Over when it has ended. */
  async end(): Promise<Ended> {
    await this.closed;
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  /** Over when something is printed, on either side. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stdout) && !pattern.test(this.stderr)) {
      if (this.child.exitCode !== null) {
        throw new Error(
          `it ended with ${String(this.child.exitCode)}:\n${this.stdout}${this.stderr}`,
        );
      }
      await Promise.race([
        once(this.child.stdout, 'data'),
        once(this.child.stderr, 'data'),
        this.closed,
      ]);
    }
  }

  /** As Ctrl-C does. */
  async interrupt(): Promise<void> {
    this.child.kill('SIGINT');
    await this.closed;
  }
}

/** Runs `accord` to its end. */
export function runAccord(args: readonly string[], setting: Setting = {}): Promise<Ended> {
  return Running.start(args, setting).end();
}

/** Runs `accord` to its end on a terminal. */
export function runOnTerminal(args: readonly string[], setting: Setting = {}): Promise<Ended> {
  return Running.startOnTerminal(args, setting).end();
}
