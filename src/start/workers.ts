import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { Restarts } from '../platform/processes/restarts.js';

/** Longer than a worker takes to stop, whatever hangs in it; shorter than all of them may take. In milliseconds. */
const LONGEST_STOP = 9_000;

/** What the workers are told of their work. */
export interface Work {
  /** The file that each of them runs; it is given its number, from 1 on. */
  readonly file: string;
  readonly count: number;
  readonly databaseUrl: string;
}

/** The services of a cluster, each in a process of its own behind one port. Who dies is started again. */
export class Workers {
  private readonly running = new Map<number, Worker>();
  private readonly stopping = new AbortController();

  constructor(private readonly work: Work) {}

  /**
   * Starts the first, and then all others: what keeps one from starting keeps all, and is said once.
   *
   * @returns the port that they serve on
   */
  async start(): Promise<number> {
    const port = await this.startOne(1);
    const others = Array.from({ length: this.work.count - 1 }, (_, at) => at + 2);
    await Promise.all(others.map((number) => this.startOne(number)));
    return port;
  }

  /** Ends all of them in order; whoever does not end in time is killed, which is an error. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const ends = [...this.running].map(([number, worker]) => endOf(number, worker));
    const failed = (await Promise.all(ends)).filter((end) => end !== null);
    if (failed.length > 0) throw new Error(failed.join('\n'));
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Starts a worker, and keeps it running once it serves. */
  private async startOne(number: number): Promise<number> {
    const worker = this.fork(number);
    const restarts = new Restarts();
    const ended = howItEnds(worker);
    const port = await Promise.race([
      new Promise<number>((resolve) => {
        worker.once('listening', (address) => {
          resolve(address.port);
        });
      }),
      ended.then((how) => {
        throw new Error(`Service ${String(number)} did not start: it ended ${how}.`);
      }),
    ]);
    void this.keep(number, ended, restarts);
    return port;
  }

  private async keep(number: number, ended: Promise<string>, restarts: Restarts): Promise<void> {
    const how = await ended;
    if (this.isStopping()) return;
    console.error(`Service ${String(number)} ended ${how} and is started again.`);
    // Aborted when all of them are stopped: then there is nothing left to start.
    await sleep(restarts.pause(), undefined, this.stopping).catch(() => undefined);
    if (this.isStopping()) return;
    await this.keep(number, howItEnds(this.fork(number)), restarts);
  }

  private fork(number: number): Worker {
    const { file, databaseUrl } = this.work;
    cluster.setupPrimary({ exec: file, args: [String(number)] });
    const worker = cluster.fork({ DATABASE_URL: databaseUrl });
    this.running.set(number, worker);
    worker.once('exit', () => {
      if (this.running.get(number) === worker) this.running.delete(number);
    });
    return worker;
  }
}

/** How a worker ended, in words, once it has. */
function howItEnds(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.once('exit', (code) => {
      resolve(worker.process.signalCode ?? `with code ${String(code)}`);
    });
  });
}

/** Ends a worker; what was wrong with its end, null when nothing was. */
async function endOf(number: number, worker: Worker): Promise<string | null> {
  const ended = howItEnds(worker);
  worker.process.kill('SIGTERM');
  const late = setTimeout(() => worker.process.kill('SIGKILL'), LONGEST_STOP);
  const how = await ended;
  clearTimeout(late);
  // One that had hardly begun knows of no order.
  const isClean = how === 'with code 0' || how === 'SIGTERM';
  return isClean ? null : `Service ${String(number)} did not stop in order: it ended ${how}.`;
}
