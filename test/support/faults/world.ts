import { setTimeout as sleep } from 'node:timers/promises';
import { serviceCluster, type ServiceCluster } from '../service/cluster.js';
import { startService, type Service } from '../service/service.js';

/** An answer, with the time it took. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

// Above what any answer may take: waiting for a connection, a lock and a statement, all in vain.
const PATIENCE = 30_000;

/** How long a 503 may take: it says at once that the database is away, in milliseconds. */
const AT_ONCE = 3_000;

/** The service that is killed and started again, as its supervisor and its clients see it. */
export class World {
  /** What must not be, in sentences. */
  readonly faults: string[] = [];
  /** How many 503 there were, and how long the slowest took, in milliseconds. */
  unavailable = { times: 0, longest: 0 };
  private service: Service;
  private url: string | null = null;
  /** Grows with each kill and each start of the service: what spans two of them proves nothing. */
  private epoch = 0;

  /** @param settings of the environment, beside what every test has */
  constructor(
    private readonly folder: string,
    private readonly settings: Readonly<Record<string, string>> = {},
  ) {
    this.service = startService(folder, { settings });
  }

  get cluster(): ServiceCluster {
    return serviceCluster(this.folder);
  }

  /** Waits until the service serves. */
  async serving(): Promise<string> {
    const { service } = this;
    const url = await service.ready;
    if (service === this.service) this.url = url;
    return url;
  }

  /** Starts the service again until it serves: it may end when it is robbed of its database while it starts. */
  async servingAtLast(): Promise<void> {
    while (
      !(await this.serving().then(
        () => true,
        () => false,
      ))
    )
      await this.begin();
  }

  /** Kills the service, which must be alive, and starts it again, at once. */
  async restart(): Promise<void> {
    if (this.service.hasEnded()) this.blame(`the service ended unasked:\n${this.service.output()}`);
    await this.begin();
  }

  private async begin(): Promise<void> {
    this.epoch += 1;
    this.url = null;
    this.service.kill();
    await this.service.ended;
    this.service = startService(this.folder, { settings: this.settings });
  }

  async stop(): Promise<void> {
    this.epoch += 1;
    this.url = null;
    await this.service.stop();
  }

  /**
   * Asks the service, once it serves. Null when the connection broke because the service was killed.
   *
   * A connection that breaks under a service that lives is a fault, and so is a 503 that is late or does not say when to
   * come again, and any other failure of the server.
   */
  async ask(method: string, path: string, init: RequestInit = {}): Promise<Told | null> {
    while (this.url === null) await sleep(10);
    const { url, epoch } = this;
    const since = performance.now();
    try {
      const answer = await fetch(url + path, {
        method,
        signal: AbortSignal.timeout(PATIENCE),
        ...init,
      });
      const text = await answer.text();
      const told = {
        status: answer.status,
        headers: answer.headers,
        body: parsed(text),
      };
      this.judge(`${method} ${path}`, told, performance.now() - since);
      return told;
    } catch (error) {
      // Of a kill the client may learn before its supervisor does.
      await sleep(100);
      if (epoch === this.epoch && !this.service.hasEnded())
        this.blame(
          `${method} ${path}: the connection broke under a service that lives: ${String(error)}`,
        );
      return null;
    }
  }

  blame(fault: string): void {
    this.faults.push(fault);
  }

  private judge(what: string, { status, headers, body }: Told, took: number): void {
    if (status < 500) return;
    if (status !== 503) {
      this.blame(`${what}: answered ${String(status)} ${JSON.stringify(body)}`);
      return;
    }
    const { times, longest } = this.unavailable;
    this.unavailable = { times: times + 1, longest: Math.max(longest, took) };
    if (took > AT_ONCE) this.blame(`${what}: the 503 took ${String(Math.round(took))} ms`);
    if (!/^[1-9]\d*$/.test(headers.get('retry-after') ?? ''))
      this.blame(`${what}: the 503 does not say when to come again`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
