import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { STORY } from '../prisma/story/story.js';
import { startEmbeddedPostgres } from '../src/platform/postgres/embedded.js';
import { applyMigrations } from '../src/platform/postgres/migrate.js';
import { createDatabase } from './dataset/databases.db.js';
import { openLarge } from './dataset/large.js';
import { load } from './dataset/load.db.js';
import { settle } from './dataset/settle.db.js';
import { Api } from './load/api.js';
import type { Options, Plan } from './options.js';
import type { BareSetup } from './servers/bare.server.js';
import type { Cores } from './servers/cores.js';
import { recordAnswer } from './servers/recorded.js';
import type { ReplaySetup } from './servers/replay.server.js';
import { startAccord, startBare, type Accord, type Server } from './servers/server.js';
import { catchStatements } from './servers/statements.js';

/** The stand-in for the large data set where all is to be quick. */
const QUICK_MERGERS = 100;

/** The large data set, served. */
export interface Large {
  readonly databaseUrl: string;
  readonly accord: Accord;
}

/** Opens the databases and servers that scenarios ask for, and closes all of them. */
export class Stage {
  readonly adminKey = randomUUID();
  private readonly stops: (() => Promise<void>)[] = [];
  private readonly used = new Set<Server>();
  private cluster: Promise<string> | undefined;
  private large: Promise<Large> | undefined;
  private postgres = 'unknown';

  constructor(
    readonly options: Options,
    readonly plan: Plan,
    private readonly cores: Cores,
  ) {}

  /** Which Postgres it is. */
  get postgresVersion(): string {
    return this.postgres;
  }

  /** A database of its own, migrated and empty, or with so many mergers of the generator's. */
  async database(name: string, mergers = 0): Promise<string> {
    this.cluster ??= this.openCluster();
    const url = await createDatabase(await this.cluster, name);
    await applyMigrations(url);
    if (mergers > 0) await load(url, mergers);
    this.postgres = await settle(url);
    return url;
  }

  /** The database with the large data set, and an Accord on it. */
  async largeSet(): Promise<Large> {
    const large = await (this.large ??= this.openLarge());
    this.used.add(large.accord);
    return large;
  }

  /** The servers that somebody has asked for since this was asked last. */
  takeUsed(): readonly Server[] {
    const used = [...this.used];
    this.used.clear();
    return used;
  }

  /** Accord, on a database; the founding story is told to one that is empty, if it is to be. */
  async accord(databaseUrl: string, tellsStory = false): Promise<Accord> {
    const { adminKey } = this;
    const setup = { databaseUrl, adminKey, tellsStory };
    return this.useServer(await startAccord(setup, this.cores.server));
  }

  /** What a scenario asks of an Accord beside the load, as its admin. */
  api(accord: Server): Api {
    return new Api(accord.url, this.adminKey);
  }

  /** `node:http` that answers an address of an Accord's with the same bytes; so many times a second they are others. */
  async replay(accord: Server, path: string, changesPerSecond = 0): Promise<Server> {
    const recorded = await recordAnswer(accord.url + path);
    const setup: ReplaySetup = { recorded, changesPerSecond };
    return this.useServer(await startBare('replay.server.js', setup, this.cores.server));
  }

  /** `node:http` and `pg`, on the database of an Accord. */
  async bare(accord: Server, databaseUrl: string): Promise<Server> {
    const setup: BareSetup = {
      databaseUrl,
      keyId: await this.api(accord).keyId(),
      statements: await catchStatements(STORY),
    };
    return this.useServer(await startBare('bare.server.js', setup, this.cores.server));
  }

  /** Stops something with everything else. */
  stopLater<Item extends { stop(): Promise<void> }>(item: Item): Item {
    this.stops.push(() => item.stop());
    return item;
  }

  /** Stops all, in the opposite order. */
  async stop(): Promise<void> {
    for (const stop of this.stops.splice(0).toReversed()) await stop();
  }

  private useServer<Item extends Server>(server: Item): Item {
    this.used.add(server);
    return this.stopLater(server);
  }

  private async openCluster(): Promise<string> {
    // On the disk where a service keeps its data: a folder for temporary files may lie in memory, where nothing is durable.
    const dataDir = join('data', `bench-${String(process.pid)}`);
    const cluster = await startEmbeddedPostgres({ dataDir, durable: true });
    this.stops.push(() => cluster.destroy());
    return cluster.url;
  }

  private async openLarge(): Promise<Large> {
    const { quick, fresh } = this.options;
    const databaseUrl = quick
      ? await this.database('large', QUICK_MERGERS)
      : this.stopLater(await openLarge(fresh)).url;
    return { databaseUrl, accord: await this.accord(databaseUrl) };
  }
}
