/** Everything that a service is asked, a little of each at a time: polls, lists, writes, streams, broken connections, nonsense. */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../random.js';
import { pick } from '../model/readers.js';
import { Wire, type Heard } from '../model/wire.js';
import { openWire, requestText } from '../sockets.js';
import { StreamReader } from '../streams.js';

/** Where it is asked, and by whom. */
export interface Target {
  readonly url: string;
  readonly key: string;
  /** The merger that most is about, by its slug. */
  readonly merger: string;
}

/** How many lanes do something, and how often each, in milliseconds. Together some eighty requests a second. */
const LANES = {
  pollTagged: { count: 40, every: 1_000 },
  poll: { count: 10, every: 1_000 },
  list: { count: 5, every: 500 },
  write: { count: 3, every: 600 },
  break: { count: 2, every: 1_000 },
  talkNonsense: { count: 2, every: 500 },
} as const;
const STREAMS = 12;
const PEOPLE = 20;

const CODINGS = ['identity', 'gzip', 'br'];

/** Requests that are refused, each by another part of the service. */
const NONSENSE: readonly string[] = [
  requestText('GET /v1/nowhere'),
  requestText('GET /v1/people?limit=0'),
  requestText('GET /v1/people?cursor=x'),
  requestText('GET /v1/people', { Authorization: 'Bearer nonsense' }),
  requestText('GET /v1/people', { 'If-None-Match': 'x'.repeat(9_000) }),
  requestText('GET /%00'),
  requestText('POST /v1/people', { 'Content-Type': 'application/json' }, '{"name":'),
  requestText('POST /v1/people', { 'Content-Type': 'text/plain' }, 'x'.repeat(10_000)),
  requestText('BREW /v1/people'),
  'GET / HTTP/9.9\r\n\r\n',
  '\0\0\0\0',
];

/** Who asks all that, at a bounded rate. */
export class Load {
  /** What must not be, in sentences. */
  readonly faults: string[] = [];
  /** How many answers there were of each status, and events of streams. */
  readonly statuses = new Map<number, number>();
  events = 0;
  private readonly wire = new Wire();
  private readonly random: () => number;
  private readonly tags = new Map<string, string>();
  private readonly people: string[] = [];
  private readonly lists: readonly string[];
  private readonly statusPaths: readonly string[];
  private isOver = false;

  constructor(
    seed: number,
    private readonly target: Target,
  ) {
    this.random = seededRandom(seed);
    const status = `/v1/mergers/${target.merger}/status`;
    this.statusPaths = [status, status, '/v1/status', `${status}?asOf=2022-12-30`];
    // So many that all of them are kept before anything is measured.
    this.lists = [
      `/v1/mergers/${target.merger}/timeline`,
      `/v1/mergers/${target.merger}`,
      '/v1/changes?limit=50',
      ...['people', 'factions', 'votes', 'milestones', 'sources'].flatMap((type) =>
        ['5', '20', '50'].map((limit) => `/v1/${type}?limit=${limit}`),
      ),
    ];
  }

  /** Goes on until it is told to stop. */
  async run(): Promise<void> {
    while (this.people.length < PEOPLE) {
      const { status, body } = await this.edit('POST', '/v1/people', { name: 'Somebody' });
      if (status !== 201) throw new Error(`nobody can be recorded: ${body.toString()}`);
      this.people.push((JSON.parse(body.toString()) as { readonly id: string }).id);
    }
    const lanes = Object.entries(LANES).flatMap(([name, { count, every }]) =>
      Array.from({ length: count }, () =>
        this.repeat(() => this[name as keyof typeof LANES](), every),
      ),
    );
    const streams = Array.from({ length: STREAMS }, () => this.follow());
    await Promise.all([...lanes, ...streams]);
    this.wire.close();
  }

  stop(): void {
    this.isOver = true;
  }

  async pollTagged(): Promise<void> {
    const path = pick(this.random, this.statusPaths);
    const coding = pick(this.random, CODINGS);
    const tag = this.tags.get(`${path} ${coding}`);
    const headers = {
      'accept-encoding': coding,
      ...(tag === undefined ? {} : { 'if-none-match': tag }),
    };
    const heard = await this.ask('GET', path, headers);
    if (heard?.headers.etag !== undefined) this.tags.set(`${path} ${coding}`, heard.headers.etag);
  }

  async poll(): Promise<void> {
    const key = this.random() < 0.3 ? { authorization: `Bearer ${this.target.key}` } : {};
    const headers = { 'accept-encoding': pick(this.random, CODINGS), ...key };
    await this.ask(
      this.random() < 0.1 ? 'HEAD' : 'GET',
      pick(this.random, this.statusPaths),
      headers,
    );
  }

  async list(): Promise<void> {
    await this.ask('GET', pick(this.random, this.lists), {
      'accept-encoding': pick(this.random, CODINGS),
    });
  }

  /** What answers hold stays of the same size. */
  async write(): Promise<void> {
    const what = this.random();
    const word = String(Math.floor(this.random() * 1e6)).padStart(6, '0');
    if (what < 0.5) {
      const path = `/v1/people/${pick(this.random, this.people)}`;
      await this.edit('PATCH', path, { name: `Somebody ${word}` });
    } else if (what < 0.8) {
      await this.edit('PATCH', `/v1/mergers/${this.target.merger}`, { summary: `Summary ${word}` });
    } else {
      const { status, body } = await this.edit('POST', '/v1/people', { name: `A guest ${word}` });
      if (status !== 201) return;
      const { id } = JSON.parse(body.toString()) as { readonly id: string };
      await this.edit('DELETE', `/v1/people/${id}`);
    }
  }

  /** Somebody who goes away in the middle of a request, or of its answer. */
  async break(): Promise<void> {
    const text = requestText(`GET ${pick(this.random, this.statusPaths)}`);
    const sent =
      this.random() < 0.5 ? text.slice(0, Math.floor(this.random() * text.length)) : text;
    const { socket, received } = openWire(this.target.url, sent);
    await sleep(this.random() * 20);
    if (this.random() < 0.5) socket.resetAndDestroy();
    else socket.destroy();
    await received;
  }

  async talkNonsense(): Promise<void> {
    const { socket, received } = openWire(this.target.url, pick(this.random, NONSENSE));
    const timer = setTimeout(() => socket.destroy(), 500);
    await received;
    clearTimeout(timer);
  }

  /** Somebody who follows a stream, goes away after a while and comes again. */
  private async follow(): Promise<void> {
    let lastId = '';
    while (this.goesOn()) {
      const headers = lastId === '' ? {} : { 'last-event-id': lastId };
      const stream = await StreamReader.open({ baseUrl: this.target.url, headers });
      this.count(stream.status);
      const until = performance.now() + 2_000 + this.random() * 10_000;
      while (performance.now() < until && this.goesOn()) await sleep(200);
      this.events += stream.events.length;
      ({ lastId } = stream);
      stream.leave();
      await stream.ending;
    }
  }

  private goesOn(): boolean {
    return !this.isOver;
  }

  private async repeat(work: () => Promise<void>, every: number): Promise<void> {
    await sleep(this.random() * every);
    while (this.goesOn()) {
      const since = performance.now();
      await work();
      await sleep(Math.max(0, every - (performance.now() - since)));
    }
  }

  private async edit(method: string, path: string, body?: object): Promise<Heard> {
    const headers = {
      authorization: `Bearer ${this.target.key}`,
      'if-match': '*',
      'x-reason': 'a soak',
    };
    const heard = await this.ask(method, path, headers, body);
    if (heard === undefined) throw new Error(`${method} ${path}: nothing was heard`);
    return heard;
  }

  private async ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<Heard | undefined> {
    try {
      const heard = await this.wire.send(this.target.url + path, method, { headers, body });
      this.count(heard.status);
      if (heard.status >= 400)
        this.faults.push(`${method} ${path}: ${String(heard.status)} ${heard.body.toString()}`);
      return heard;
    } catch (error) {
      this.faults.push(`${method} ${path}: ${String(error)}`);
      return undefined;
    }
  }

  private count(status: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }
}
